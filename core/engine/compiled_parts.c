/* What is made of a compiled rule when somebody asks for it, in the order in which compiled_write.c wrote it. */
#include "engine/compiled.h"

#include "engine/load.h"

struct position compiled_place(struct unpack *from, const char *file)
{
    struct position at = {.file = file};
    at.line = (unsigned)unpack_number(from);
    at.column = (unsigned)unpack_number(from);
    return at;
}

static struct check *read_check(struct unpack *from, const char *file, unsigned depth)
{
    struct check *check = g_new0(struct check, 1);
    check->kind = (enum check_kind)unpack_number(from);
    if (check->kind != CHECK_TEST) {
        uint64_t n = unpack_number(from);
        check->children = g_ptr_array_new_with_free_func(check_free);
        from->broken = from->broken || depth > CHECK_DEPTH_MAX;
        for (uint64_t i = 0; i < n && !from->broken; i++)
            g_ptr_array_add(check->children, read_check(from, file, depth + 1));
        return check;
    }
    struct test *test = check->test = g_new0(struct test, 1);
    const char *probe = unpack_text(from);
    test->probe = probe ? probe_find(probe) : NULL;
    test->object = unpack_tree(from);
    test->expect = unpack_tree(from);
    test->existence = (enum existence)unpack_number(from);
    test->match = (enum match)unpack_number(from);
    test->has_absent = unpack_number(from) != 0;
    test->absent = (enum verdict)unpack_number(from);
    test->live = unpack_number(from) != 0;
    test->finding = g_strdup(unpack_text(from));
    test->missing = g_strdup(unpack_text(from));
    test->at = compiled_place(from, file);
    from->broken = from->broken || !test->probe;
    return check;
}

static struct check *compiled_check(struct unpack *from, const char *file)
{
    return read_check(from, file, 0);
}

const json_object *rule_variant(const struct rule *rule)
{
    struct rule *made = (struct rule *)(uintptr_t)rule;
    if (made->packed_variant.at != made->packed_variant.end)
        made->variant = unpack_tree(&made->packed_variant);
    return rule->variant;
}

const struct check *rule_applies(const struct rule *rule)
{
    struct rule *made = (struct rule *)(uintptr_t)rule;
    if (made->packed_applies.at != made->packed_applies.end)
        made->applies = compiled_check(&made->packed_applies, rule->at.file);
    return rule->applies;
}

const struct check *rule_check(const struct rule *rule)
{
    struct rule *made = (struct rule *)(uintptr_t)rule;
    if (made->packed_check.at != made->packed_check.end)
        made->check = compiled_check(&made->packed_check, rule->at.file);
    return rule->check;
}
