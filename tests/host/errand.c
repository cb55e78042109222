/* Errands: done, left behind, without a thread. Nothing here waits for a clock but with a patience of nothing. */
#include "host/errand.h"

#include "cmocka_all.h"

static struct {
    GMutex mutex;
    GCond changed;
    bool open;
    unsigned waiting, freed;
} door;

struct parcel {
    struct errand errand;
    bool waits;
    int found;
};

static void parcel_run(struct errand *errand)
{
    struct parcel *parcel = (struct parcel *)(void *)errand;
    g_mutex_lock(&door.mutex);
    door.waiting++;
    g_cond_broadcast(&door.changed);
    while (parcel->waits && !door.open)
        g_cond_wait(&door.changed, &door.mutex);
    door.waiting--;
    g_mutex_unlock(&door.mutex);
    parcel->found = 7;
}

static void parcel_free(struct errand *errand)
{
    g_free(errand);
    g_mutex_lock(&door.mutex);
    door.freed++;
    g_cond_broadcast(&door.changed);
    g_mutex_unlock(&door.mutex);
}

static struct parcel *parcel_new(bool waits)
{
    struct parcel *parcel = g_new0(struct parcel, 1);
    parcel->errand.run = parcel_run;
    parcel->errand.free = parcel_free;
    parcel->waits = waits;
    return parcel;
}

static void done(void **state)
{
    (void)state;
    struct errands *errands = errands_new();
    for (int i = 0; i < 1000; i++) {
        struct parcel *parcel = parcel_new(false);
        assert_int_equal(errands_run(errands, &parcel->errand, G_USEC_PER_SEC * 600), ERRAND_DONE);
        assert_int_equal(parcel->found, 7);
        errand_unref(&parcel->errand);
    }
    assert_true(errands_free(errands));
}

/* So many as are left behind at most; then nobody is sent any more. */
static void left(void **state)
{
    (void)state;
    struct errands *errands = errands_new();
    unsigned late = 0;
    enum errand_end end = ERRAND_LATE;
    door.freed = 0;
    while (end == ERRAND_LATE) {
        struct parcel *parcel = parcel_new(true);
        end = errands_run(errands, &parcel->errand, 0);
        late += end == ERRAND_LATE;
        errand_unref(&parcel->errand);
    }
    assert_int_equal(end, ERRAND_NO_THREAD);
    assert_int_equal(late, 64);
    /* The refused one, and that of the test before where its thread let go of it only now; none of those that wait. */
    g_mutex_lock(&door.mutex);
    assert_in_range(door.freed, 1, 2);
    g_mutex_unlock(&door.mutex);
    assert_false(errands_free(errands));
    g_mutex_lock(&door.mutex);
    door.open = true;
    g_cond_broadcast(&door.changed);
    while (door.freed < late + 1)
        g_cond_wait(&door.changed, &door.mutex);
    g_mutex_unlock(&door.mutex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(done),
        cmocka_unit_test(left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
