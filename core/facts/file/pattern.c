#include "facts/file/pattern.h"

#include "model/error.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define STEPS_MAX    1000000U
#define DEPTH_MAX    10000U
#define HEAP_KIB_MAX 16384U
#define STACK_MAX    (512U << 10)
/* After so many bytes of subjects, compiling to machine code has paid for itself. */
#define JIT_FROM (64U << 10)
/* Machine code counts no steps, so that a pattern that looks again and again at one long line (quadratic) runs for
 * minutes in a file of megabytes: longer subjects are left to the interpreter, which stops. */
#define JIT_SUBJECT_MAX ((gsize)256 << 10)
/* It counts from each place where a match may begin; the clock is looked at after some of them: at first so many, and
 * more for as long as they take no time. */
#define WINDOW_FIRST 256U
#define WINDOW_MOST  (1U << 20)
#define WINDOW_TIME  (G_USEC_PER_SEC / 50)
/* What all searches for one pattern may take of a processor, in microseconds: a busy machine changes no verdict. */
#define TIME_MAX (20 * G_USEC_PER_SEC)
/* Microseconds. To ask how long a thread has run is a call of the kernel, which takes longer than nearly all searches:
 * it is asked from the first one on that took so long by the clock. */
#define QUICK_TIME 100

struct pattern {
    char *text;
    uint32_t options;
    pcre2_code *utf8;
    pcre2_code
        *bytes; /* made for the first subject that is no UTF-8; NULL when the pattern makes sense in UTF-8 only */
    bool bytes_tried, jit_tried;
    bool slow;      /* a search took longer than QUICK_TIME */
    gsize searched; /* bytes */
    gint64 spent;   /* microseconds */
    const pcre2_code *last;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static pcre2_code *compile(const char *text, uint32_t options, GError **error)
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                      options | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT, &code, &offset, NULL);
    if (!compiled) {
        PCRE2_UCHAR message[160] = "";
        pcre2_get_error_message(code, message, sizeof message);
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "pattern, character %" G_GSIZE_FORMAT ": %s", offset + 1,
                    (const char *)message);
        return NULL;
    }
    return compiled;
}

struct pattern *pattern_new(const char *text, bool lines, GError **error)
{
    uint32_t options = lines ? PCRE2_MULTILINE : 0;
    pcre2_code *utf8 = compile(text, options | PCRE2_UTF, error);
    if (!utf8)
        return NULL;
    struct pattern *pattern = g_new0(struct pattern, 1);
    pattern->text = g_strdup(text);
    pattern->options = options;
    pattern->utf8 = utf8;
    pattern->data = pcre2_match_data_create_from_pattern(utf8, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(pattern->context, STEPS_MAX);
    pcre2_set_depth_limit(pattern->context, DEPTH_MAX);
    pcre2_set_heap_limit(pattern->context, HEAP_KIB_MAX);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->utf8);
    pcre2_code_free(pattern->bytes);
    pcre2_match_data_free(pattern->data);
    pcre2_match_context_free(pattern->context);
    if (pattern->stack)
        pcre2_jit_stack_free(pattern->stack);
    g_free(pattern->text);
    g_free(pattern);
}

static const pcre2_code *bytes_code(struct pattern *pattern)
{
    if (!pattern->bytes_tried)
        /* Unheard: PATTERN_GAVE_UP says it. */
        pattern->bytes = compile(pattern->text, pattern->options, NULL);
    pattern->bytes_tried = true;
    return pattern->bytes;
}

/* Without JIT (not built in, no executable memory allowed) the interpreter does the same, slower. */
static void consider_jit(struct pattern *pattern, gsize n)
{
    pattern->searched += n;
    if (pattern->jit_tried || pattern->searched < JIT_FROM)
        return;
    pattern->jit_tried = true;
    if (pcre2_jit_compile(pattern->utf8, PCRE2_JIT_COMPLETE) < 0)
        return;
    pattern->stack = pcre2_jit_stack_create(32U << 10, STACK_MAX, NULL);
    pcre2_jit_stack_assign(pattern->context, NULL, pattern->stack);
}

/* A subject and how it is searched. */
struct pattern_search {
    const pcre2_code *code;
    const char *subject;
    gsize n;
    uint32_t options;
};

static int search_short(struct pattern *pattern, const struct pattern_search *search, gsize from)
{
    pcre2_set_offset_limit(pattern->context, PCRE2_UNSET);
    return pcre2_match(search->code, (PCRE2_SPTR)search->subject, search->n, from, search->options, pattern->data,
                       pattern->context);
}

/* Microseconds that this thread has run. */
static gint64 spent_now(void)
{
    struct timespec now = {.tv_sec = 0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The beginnings of characters only, as PCRE2 wants it of UTF-8. */
static gsize next_start(const struct pattern_search *search, gsize at, bool utf8)
{
    while (utf8 && at < search->n && ((unsigned char)search->subject[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static gsize next_window(gsize window, gint64 took)
{
    if (took > WINDOW_TIME)
        return MAX(window / 4, 1);
    return took < WINDOW_TIME / 4 ? MIN(window * 2, WINDOW_MOST) : window;
}

static int search_long(struct pattern *pattern, const struct pattern_search *search, gsize from, bool utf8)
{
    gint64 now = spent_now(), until = now + TIME_MAX - pattern->spent;
    gsize window = WINDOW_FIRST;
    for (gsize at = from; at <= search->n;) {
        pcre2_set_offset_limit(pattern->context, at + window);
        int result = pcre2_match(search->code, (PCRE2_SPTR)search->subject, search->n, at,
                                 search->options | PCRE2_NO_JIT, pattern->data, pattern->context);
        gint64 before = now;
        now = spent_now();
        if (result != PCRE2_ERROR_NOMATCH)
            return result;
        if (now >= until)
            return PCRE2_ERROR_MATCHLIMIT;
        at = next_start(search, at + window + 1, utf8);
        window = next_window(window, now - before);
    }
    return PCRE2_ERROR_NOMATCH;
}

/* Searches, and adds the time it took. */
static int search_counted(struct pattern *pattern, const struct pattern_search *search, gsize from, bool utf8)
{
    bool is_long = search->n > JIT_SUBJECT_MAX, counted = pattern->slow || is_long;
    if (!is_long)
        consider_jit(pattern, search->n);
    gint64 begun = counted ? spent_now() : g_get_monotonic_time();
    int result = is_long ? search_long(pattern, search, from, utf8) : search_short(pattern, search, from);
    gint64 took = (counted ? spent_now() : g_get_monotonic_time()) - begun;
    pattern->slow = pattern->slow || took > QUICK_TIME;
    pattern->spent += counted ? took : MIN(took, QUICK_TIME);
    return result;
}

enum pattern_result pattern_search(struct pattern *pattern, const char *subject, gsize n, gsize from, bool utf8)
{
    const pcre2_code *code = utf8 ? pattern->utf8 : bytes_code(pattern);
    if (!code || pattern->spent >= TIME_MAX)
        return PATTERN_GAVE_UP;
    pattern->last = code;
    const struct pattern_search search = {code, subject, n, utf8 ? PCRE2_NO_UTF_CHECK : 0};
    int result = search_counted(pattern, &search, from, utf8);
    if (result == PCRE2_ERROR_NOMATCH)
        return PATTERN_NO;
    return result < 0 ? PATTERN_GAVE_UP : PATTERN_YES;
}

void pattern_span(const struct pattern *pattern, gsize *start, gsize *end)
{
    const PCRE2_SIZE *vector = pcre2_get_ovector_pointer(pattern->data);
    /* \K in a lookahead can put the start behind the end. */
    *start = MIN(vector[0], vector[1]);
    *end = vector[1];
}

static json_object *group_text(const struct pattern *pattern, const char *subject, uint32_t number)
{
    const PCRE2_SIZE *vector = pcre2_get_ovector_pointer(pattern->data);
    PCRE2_SIZE start = vector[(size_t)2 * number], end = vector[(size_t)2 * number + 1];
    if (start == PCRE2_UNSET || start > end)
        return NULL;
    g_autofree char *valid = g_utf8_make_valid(subject + start, (gssize)(end - start));
    return json_object_new_string(valid);
}

json_object *pattern_groups(const struct pattern *pattern, const char *subject)
{
    json_object *groups = json_object_new_object();
    uint32_t count = 0, names = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(pattern->last, PCRE2_INFO_CAPTURECOUNT, &count);
    pcre2_pattern_info(pattern->last, PCRE2_INFO_NAMECOUNT, &names);
    pcre2_pattern_info(pattern->last, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(pattern->last, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 1; i <= count; i++) {
        char key[16];
        g_snprintf(key, sizeof key, "%u", i);
        json_object_object_add(groups, key, group_text(pattern, subject, i));
    }
    /* An entry is the number in two bytes, then the name. With (?J) a name has several; the one that matched counts. */
    for (uint32_t i = 0; i < names; i++) {
        PCRE2_SPTR entry = table + (size_t)i * size;
        const char *name = (const char *)entry + 2;
        uint32_t number = (uint32_t)entry[0] << 8 | entry[1];
        if (!json_object_object_get_ex(groups, name, NULL) ||
            pcre2_get_ovector_pointer(pattern->data)[(size_t)2 * number] != PCRE2_UNSET)
            json_object_object_add(groups, name, group_text(pattern, subject, number));
    }
    return groups;
}
