#include "engine/unmet.h"

#include "engine/words.h"

struct unmet {
    bool privileged;
    const struct judge_instance *instance;
    GPtrArray *words; /* char *, once each */
    bool wordless;    /* some test cannot say it */
};

static bool holds(const struct outcome *outcome)
{
    return outcome->verdict == VERDICT_PASS;
}

/* Takes the words. */
static void add_words(struct unmet *unmet, char *words)
{
    if (!words)
        unmet->wordless = true;
    else if (g_ptr_array_find_with_equal_func(unmet->words, words, g_str_equal, NULL))
        g_free(words);
    else
        g_ptr_array_add(unmet->words, words);
}

static void tell_test(struct unmet *unmet, const struct bound_test *bound, const struct outcome *outcome)
{
    if (bound->missing)
        add_words(unmet, g_strdup(bound->missing));
    else if (holds(outcome) && !bound->expectations->len)
        add_words(unmet, words_present(bound->test->probe, bound->test->object));
    else if (!holds(outcome) && !outcome->items->len)
        add_words(unmet, g_strdup(outcome->reason));
    else
        add_words(unmet, NULL);
}

/* Tells of the parts of which it follows that the check holds, or does not: of all that have to be otherwise, or of the
 * first that is enough. */
static bool tell(struct unmet *unmet, const struct bound_check *check, bool held)
{
    pl_auto(outcome) outcome = judge_check_of(check, unmet->privileged, unmet->instance);
    if (holds(outcome) != held)
        return false;
    if (check->kind == CHECK_TEST) {
        tell_test(unmet, check->test, outcome);
        return true;
    }
    bool turned = check->kind == CHECK_NONE, one = (check->kind == CHECK_ALL || turned) != held;
    bool told = false;
    for (guint i = 0; i < check->children->len && !(one && told); i++)
        told |= tell(unmet, g_ptr_array_index(check->children, i), held != turned);
    return told;
}

char *unmet_words(const struct bound_check *applies, bool privileged, const struct judge_instance *instance)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    struct unmet unmet = {.privileged = privileged, .instance = instance, .words = words};
    tell(&unmet, applies, false);
    if (unmet.wordless || !words->len)
        return NULL;
    g_ptr_array_add(words, NULL);
    return g_strjoinv("; ", (char **)words->pdata);
}
