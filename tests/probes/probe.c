/* The table of probes: sorted, unique, every text there. */
#include "probes/probe.h"

#include "cmocka_all.h"
#include "probes/common/object.h"

#include <string.h>

/* A name that is nobody's, or a value with two, would be a slip. */
static void traits_are_whole(const struct probe *probe)
{
    unsigned names = 0, all = 0;
    for (const struct probe_field *field = probe->fields; field->name; field++) {
        all |= field->traits;
        names += (field->traits & FIELD_NAMES) != 0;
        assert_true(!(field->traits & (FIELD_NAMES | FIELD_RAW)) || field->type == VALUE_STRING);
        assert_true(!(field->traits & FIELD_LOST) || field->type == VALUE_LIST);
    }
    assert_true(names <= 1);
    assert_true(!names || (all & FIELD_VALUE));
    assert_true(!(all & FIELD_LOST) || names);
}

static void rows_are_sorted_and_whole(void **state)
{
    (void)state;
    size_t count = 0;
    const struct probe *const *all = probe_all(&count);
    assert_true(count >= 20);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(probe_find(all[i]->name), all[i]);
        assert_true(all[i]->summary && *all[i]->summary);
        assert_non_null(all[i]->collect);
        if (i)
            assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
        for (const struct probe_param *param = all[i]->params; param->name; param++) {
            assert_true(param->text && *param->text);
            assert_ptr_equal(probe_param_find(all[i], param->name), param);
        }
        assert_non_null(all[i]->fields->name);
        for (const struct probe_field *field = all[i]->fields; field->name; field++)
            assert_true(field->text && *field->text);
        traits_are_whole(all[i]);
    }
    assert_null(probe_find("no-such-probe"));
}

static void every_row_has_a_test_file(void **state)
{
    (void)state;
    size_t count = 0;
    const struct probe *const *all = probe_all(&count);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *name = g_strdelimit(g_strdup(all[i]->name), "-", '_');
        g_autofree char *path = g_strdup_printf("%s/tests/probes/%s.c", TEST_SOURCE_DIR, name);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            fail_msg("probe %s has no %s", all[i]->name, path);
    }
}

static void field_paths(void **state)
{
    (void)state;
    const struct probe *content = probe_find("file-content");
    const struct probe *config = probe_find("config");
    const struct probe *unit = probe_find("unit");
    assert_non_null(probe_field_find(content, "group.1"));
    assert_null(probe_field_find(content, "group."));
    assert_null(probe_field_find(content, "groups"));
    assert_non_null(probe_field_find(config, "value"));
    assert_non_null(probe_field_find(config, "value.a.b"));
    assert_null(probe_field_find(config, "path.a"));
    assert_null(probe_field_find(config, "val"));
    assert_non_null(probe_field_find(unit, "properties.Service.User"));
}

static void object_readers(void **state)
{
    (void)state;
    pl_autojson json_object *object = json_tokener_parse("{\"a\":\"x\",\"b\":[\"y\",\"z\"],\"c\":true,\"d\":5}");
    assert_string_equal(object_string(object, "a", "-"), "x");
    assert_string_equal(object_string(object, "c", "-"), "-");
    assert_true(object_bool(object, "c", false));
    assert_true(object_bool(object, "z", true));
    assert_int_equal(object_int(object, "d", 0), 5);
    g_auto(GStrv) one = object_strv(object, "a"), two = object_strv(object, "b"), none = object_strv(object, "z");
    assert_int_equal(g_strv_length(one), 1);
    assert_string_equal(two[1], "z");
    assert_int_equal(g_strv_length(none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_and_whole),
        cmocka_unit_test(every_row_has_a_test_file),
        cmocka_unit_test(field_paths),
        cmocka_unit_test(object_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
