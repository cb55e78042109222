#include "probes/pattern.h"

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

struct pattern {
    char *text;
    uint32_t options;
    pcre2_code *utf8;
    pcre2_code
        *bytes; /* made for the first subject that is no UTF-8; NULL when the pattern makes sense in UTF-8 only */
    bool bytes_tried, jit_tried;
    gsize searched; /* bytes */
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
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options | PCRE2_NEVER_BACKSLASH_C, &code, &offset, NULL);
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

enum pattern_result pattern_search(struct pattern *pattern, const char *subject, gsize n, gsize from, bool utf8)
{
    const pcre2_code *code = utf8 ? pattern->utf8 : bytes_code(pattern);
    if (!code)
        return PATTERN_GAVE_UP;
    consider_jit(pattern, n);
    pattern->last = code;
    int result =
        pcre2_match(code, (PCRE2_SPTR)subject, n, from, utf8 ? PCRE2_NO_UTF_CHECK : 0, pattern->data, pattern->context);
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
