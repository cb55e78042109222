#include "facts/pam/course.h"

#include <string.h>

/* No stack that somebody wrote has as many: a stack of N lines without substacks has at most 4 N. */
#define STATES_MAX 2000U
/* As deep as substacks go (INCLUDES_MAX of the stack). */
#define LEVELS 17

enum impression { UNDECIDED, POSITIVE, FAILED, NEGATIVE }; /* FAILED: positive with a status that is no success */

struct state {
    guint at;       /* the next entry */
    unsigned level; /* of the one before */
    enum impression now;
    guint8 saved[LEVELS]; /* on the way into each substack */
};

const char *pam_module_name(const struct pam_line *line)
{
    const char *slash = line->module ? strrchr(line->module, '/') : NULL;
    return slash ? slash + 1 : line->module ? line->module : "";
}

bool pam_has_argument(const struct pam_line *line, const char *argument)
{
    bool key = g_str_has_suffix(argument, "=");
    for (char **one = line->arguments; *one; one++)
        if (key ? g_str_has_prefix(*one, argument) : g_str_equal(*one, argument))
            return true;
    return false;
}

/* ---- what modules return ---- */

static int debug_return(const struct pam_line *line)
{
    int value = PAM_RETURN_SUCCESS;
    for (char **one = line->arguments; *one; one++)
        if (g_str_has_prefix(*one, "auth="))
            value = pam_return_find(*one + strlen("auth="));
    return value < 0 ? PAM_RETURN_SUCCESS : value;
}

/* Of those that return the same for everybody but root; -1 of all others. */
static int fixed_return(const struct pam_line *line)
{
    static const struct {
        const char *module, *argument;
        int value;
    } table[] = {
        {"pam_permit.so", NULL, PAM_RETURN_SUCCESS},
        {"pam_deny.so", NULL, PAM_RETURN_AUTH_ERR},
        {"pam_warn.so", NULL, PAM_RETURN_IGNORE},
        {"pam_echo.so", NULL, PAM_RETURN_IGNORE},
        {"pam_env.so", NULL, PAM_RETURN_IGNORE},
        {"pam_group.so", NULL, PAM_RETURN_IGNORE},
        {"pam_faildelay.so", NULL, PAM_RETURN_IGNORE},
        {"pam_mail.so", NULL, PAM_RETURN_IGNORE},
        {"pam_faillock.so", "authfail", PAM_RETURN_AUTH_ERR},
        {"pam_rootok.so", NULL, PAM_RETURN_AUTH_ERR},
    };
    const char *name = pam_module_name(line);
    if (g_str_equal(name, "pam_debug.so"))
        return debug_return(line);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_equal(table[i].module, name) && (!table[i].argument || pam_has_argument(line, table[i].argument)))
            return table[i].value;
    return -1;
}

/* Those that say yes to anybody whose login is not barred for the moment. */
static bool is_easy(const struct pam_line *line)
{
    const char *name = pam_module_name(line);
    if (g_str_equal(name, "pam_faillock.so"))
        return pam_has_argument(line, "preauth") || pam_has_argument(line, "authsucc");
    if (g_str_equal(name, "pam_nologin.so"))
        return pam_has_argument(line, "successok");
    return g_str_equal(name, "pam_shells.so") || g_str_equal(name, "pam_securetty.so");
}

static int without_a_secret(const struct pam_line *line)
{
    int value = fixed_return(line);
    if (value >= 0)
        return value;
    if (g_str_equal(pam_module_name(line), "pam_nologin.so") && !is_easy(line))
        return PAM_RETURN_IGNORE;
    return is_easy(line) ? PAM_RETURN_SUCCESS : PAM_RETURN_AUTH_ERR;
}

/* ---- what libpam makes of it ---- */

static const struct pam_entry *entry_at(const struct pam_stack *stack, guint i)
{
    return i < stack->entries->len ? &g_array_index(stack->entries, struct pam_entry, i) : NULL;
}

/* The end of the substack, or of all. */
static guint end_of_level(const struct pam_stack *stack, guint at, unsigned level)
{
    while (entry_at(stack, at + 1) && entry_at(stack, at + 1)->level >= level)
        at++;
    return at + 1;
}

/* Over `count` modules of the level; a substack is one. False: there are not as many. */
static bool jump(const struct pam_stack *stack, guint *at, unsigned level, int count)
{
    const struct pam_entry *next = NULL;
    while ((next = entry_at(stack, *at + 1)) && next->level >= level && count > 0) {
        do
            (*at)++;
        while ((next = entry_at(stack, *at + 1)) && next->level > level);
        count--;
    }
    return count == 0;
}

static void take_ok(struct state *state, int returned)
{
    if (state->now == UNDECIDED || state->now == POSITIVE)
        state->now = returned == PAM_RETURN_SUCCESS ? POSITIVE : FAILED;
}

/* One entry called that returned this; state->at becomes the next one. */
static void act(const struct pam_stack *stack, struct state *state, int action, int returned)
{
    const struct pam_entry *entry = entry_at(stack, state->at);
    guint at = state->at;
    bool decided = false;
    switch (action) {
    case PAM_ACTION_IGNORE:
        break;
    case PAM_ACTION_RESET:
        state->now = state->saved[entry->level];
        break;
    case PAM_ACTION_OK:
    case PAM_ACTION_DONE:
        take_ok(state, returned);
        decided = action == PAM_ACTION_DONE && (state->now == POSITIVE || state->now == FAILED);
        break;
    case PAM_ACTION_BAD:
    case PAM_ACTION_DIE:
        state->now = NEGATIVE;
        decided = action == PAM_ACTION_DIE;
        break;
    default:
        if (!jump(stack, &at, entry->level, action))
            state->now = NEGATIVE;
    }
    state->at = decided ? end_of_level(stack, at, entry->level) : at + 1;
    state->level = entry->level;
}

/* Into a substack: what it is reset to. */
static void enter(struct state *state, const struct pam_entry *entry)
{
    if (entry->level > state->level)
        state->saved[entry->level] = (guint8)state->now;
    else
        memset(state->saved + entry->level + 1, UNDECIDED, LEVELS - entry->level - 1); /* nobody asks for these again */
}

bool pam_opens(const struct pam_stack *stack, guint *giver)
{
    struct state state = {.at = 0};
    *giver = 0;
    for (const struct pam_entry *entry = NULL; (entry = entry_at(stack, state.at));) {
        enter(&state, entry);
        if (entry->header) {
            state.level = entry->level;
            state.at++;
            continue;
        }
        int returned = entry->fails ? PAM_RETURN_PERM_DENIED : without_a_secret(entry->line);
        guint at = state.at;
        enum impression before = state.now;
        act(stack, &state, entry->line->actions[returned], returned);
        *giver = state.now == POSITIVE && before != POSITIVE ? at : *giver;
    }
    return state.now == POSITIVE && !stack->broken;
}

/* ---- all ways ---- */

struct ways {
    const struct pam_stack *stack;
    guint without; /* an entry that refuses */
    GHashTable *seen;
    GQueue *open; /* struct state */
};

static guint state_hash(gconstpointer data)
{
    const struct state *state = data;
    guint hash = state->at * 31 + state->now * 7 + state->level;
    for (size_t i = 0; i < LEVELS; i++)
        hash = hash * 5 + state->saved[i];
    return hash;
}

static gboolean state_equal(gconstpointer a, gconstpointer b)
{
    const struct state *one = a, *other = b;
    return one->at == other->at && one->now == other->now && one->level == other->level &&
           memcmp(one->saved, other->saved, LEVELS) == 0;
}

static void add_way(struct ways *ways, const struct state *state)
{
    if (g_hash_table_contains(ways->seen, state))
        return;
    struct state *copy = g_memdup2(state, sizeof *state);
    g_hash_table_add(ways->seen, copy);
    g_queue_push_tail(ways->open, copy);
}

/* The same comes of another failure. */
static bool is_like_another(const struct pam_line *line, int value)
{
    bool alone = value == PAM_RETURN_SUCCESS || value == PAM_RETURN_IGNORE;
    for (int i = 0; i < value && !alone; i++)
        if (i != PAM_RETURN_SUCCESS && i != PAM_RETURN_IGNORE && line->actions[i] == line->actions[value])
            return true;
    return false;
}

static void follow(struct ways *ways, const struct state *from)
{
    struct state state = *from;
    const struct pam_entry *entry = entry_at(ways->stack, state.at);
    enter(&state, entry);
    if (entry->header) {
        state.level = entry->level;
        state.at++;
        add_way(ways, &state);
        return;
    }
    int fixed = entry->fails ? PAM_RETURN_PERM_DENIED : fixed_return(entry->line);
    for (int value = 0; value < PAM_RETURNS; value++) {
        bool other = fixed >= 0 ? value != fixed : is_like_another(entry->line, value);
        if (other || (from->at == ways->without && (value == PAM_RETURN_SUCCESS || value == PAM_RETURN_IGNORE)))
            continue;
        struct state next = state;
        act(ways->stack, &next, entry->line->actions[value], value);
        add_way(ways, &next);
    }
}

/* One of them ends well. */
static bool any_succeeds(struct ways *ways, struct problem **hindrance)
{
    const struct state begin = {.at = 0};
    if (ways->stack->broken)
        return false;
    add_way(ways, &begin);
    for (struct state *state = NULL; (state = g_queue_pop_head(ways->open));) {
        if (!entry_at(ways->stack, state->at)) {
            if (state->now == POSITIVE)
                return true;
        } else if (g_hash_table_size(ways->seen) > STATES_MAX) {
            *hindrance = problem_damaged("%s: its modules may go more than %u ways",
                                         ways->stack->file ? ways->stack->file : "the PAM service", STATES_MAX);
            return true;
        } else {
            follow(ways, state);
        }
    }
    return false;
}

bool pam_is_needed(const struct pam_stack *stack, guint entry, struct problem **hindrance)
{
    const struct pam_entry *it = entry_at(stack, entry);
    if (it->header || it->fails)
        return false;
    struct ways ways = {.stack = stack, .without = entry};
    ways.seen = g_hash_table_new_full(state_hash, state_equal, g_free, NULL);
    ways.open = g_queue_new();
    bool other = any_succeeds(&ways, hindrance);
    g_queue_free(ways.open);
    g_hash_table_unref(ways.seen);
    return !other;
}
