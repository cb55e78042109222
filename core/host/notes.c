#include "host/notes.h"

#include "model/error.h"

/* One would do for a verdict; a report shows a few. */
#define NOTES_MAX 8

struct host_notes {
    gint references;
    GMutex lock;
    GPtrArray *list; /* GError */
    bool more;       /* than are in the list */
};

static _Thread_local struct host_notes *current;

static void error_free(gpointer error)
{
    g_error_free(error);
}

struct host_notes *host_notes_new(void)
{
    struct host_notes *notes = g_new0(struct host_notes, 1);
    notes->references = 1;
    g_mutex_init(&notes->lock);
    notes->list = g_ptr_array_new_with_free_func(error_free);
    return notes;
}

struct host_notes *host_notes_ref(struct host_notes *notes)
{
    g_atomic_int_inc(&notes->references);
    return notes;
}

void host_notes_unref(struct host_notes *notes)
{
    if (!notes || !g_atomic_int_dec_and_test(&notes->references))
        return;
    g_ptr_array_unref(notes->list);
    g_mutex_clear(&notes->lock);
    g_free(notes);
}

struct host_notes *host_notes_swap(struct host_notes *notes)
{
    struct host_notes *before = current;
    current = notes;
    return before;
}

struct host_notes *host_notes_current(void)
{
    return current;
}

static bool holds(const GPtrArray *list, const GError *error)
{
    for (guint i = 0; i < list->len; i++)
        if (g_str_equal(((const GError *)g_ptr_array_index(list, i))->message, error->message))
            return true;
    return false;
}

void host_note(GError *error)
{
    if (current && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        g_mutex_lock(&current->lock);
        bool known = holds(current->list, error), room = current->list->len < NOTES_MAX;
        current->more |= !known && !room;
        if (!known && room)
            g_ptr_array_add(current->list, g_steal_pointer(&error));
        g_mutex_unlock(&current->lock);
    }
    g_clear_error(&error);
}

void host_notes_copy(const struct host_notes *from)
{
    if (!from || !current || from == current)
        return;
    for (guint i = 0; i < from->list->len; i++)
        host_note(g_error_copy(g_ptr_array_index(from->list, i)));
    g_mutex_lock(&current->lock);
    current->more |= from->more;
    g_mutex_unlock(&current->lock);
}

const GPtrArray *host_notes_list(const struct host_notes *notes)
{
    return notes->list;
}

GError *host_notes_error(const struct host_notes *notes)
{
    if (!notes->list->len)
        return NULL;
    GError *error = g_error_copy(g_ptr_array_index(notes->list, 0));
    guint others = notes->list->len - 1;
    if (others) {
        g_autofree char *first = error->message;
        error->message = g_strdup_printf("%s, and %s%u more", first, notes->more ? "at least " : "", others);
    }
    return error;
}

static void free_slot(gpointer data)
{
    GError **slot = data;
    g_clear_error(slot);
    g_free(slot);
}

GError **host_unheard(void)
{
    static GPrivate slots = G_PRIVATE_INIT(free_slot);
    GError **slot = g_private_get(&slots);
    if (!slot) {
        slot = g_new0(GError *, 1);
        g_private_set(&slots, slot);
    }
    g_clear_error(slot);
    return slot;
}

struct host_noting host_notes_begin(void)
{
    struct host_noting noting = {.notes = host_notes_new()};
    noting.before = host_notes_swap(noting.notes);
    return noting;
}

GError *host_notes_take(struct host_noting *noting)
{
    host_notes_swap(noting->before);
    GError *error = host_notes_error(noting->notes);
    g_clear_pointer(&noting->notes, host_notes_unref);
    return error;
}
