#include "check.h"

static void values(void **state)
{
    (void)state;
    gives("xml", "<?xml version=\"1.0\"?>\n<a x=\"1&amp;2\">t<!-- c --> u<b/>&lt;<![CDATA[<c>]]></a>",
          "{\"attributes\":{\"x\":\"1&2\"},\"children\":[{\"attributes\":{},\"children\":[],\"name\":\"b\",\"text\":"
          "\"\"}],"
          "\"name\":\"a\",\"text\":\"t u<<c>\"}");
    gives("xml", "\xEF\xBB\xBF<!DOCTYPE busconfig PUBLIC \"-//x\" \"http://127.0.0.1:1/x.dtd\">\r\n<busconfig/>",
          "{\"attributes\":{},\"children\":[],\"name\":\"busconfig\",\"text\":\"\"}");
}

static void positions(void **state)
{
    (void)state;
    pl_autojson json_object *tree = parse_text("xml", "<a>\n<b/>\n <c>\n</c></a>");
    marks(tree, "", "1:0 0:0");
    marks(tree, "children.0", "2:0 0:0");
    marks(tree, "children.1", "3:0 0:0");
}

static void faults(void **state)
{
    (void)state;
    refuses("xml", "", "f");
    refuses("xml", "<a>\n<b></a>", "f:2:");
    refuses("xml", "<a", "f:1:");
    refuses("xml", "<a>&x;</a>", "f:1:");
    refuses("xml", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "a reference to the entity x");
    refuses("xml", "<a>\xFF</a>", "f:1:4: not valid UTF-8");
    refuses_n("xml", "<a>\0</a>", 8, PL_ERROR_PARSE, "f:1:4: a NUL byte");
}

static void hostile(void **state)
{
    (void)state;
    g_autofree char *deep = repeat("<a>", 100);
    g_autofree char *closes = repeat("</a>", 100);
    g_autofree char *closed = g_strconcat(deep, closes, NULL);
    refuses_n("xml", closed, strlen(closed), PL_ERROR_LIMIT, "nested deeper than 64 levels");
    g_autofree char *deeper = repeat("<a>", 100000);
    refuses("xml", deeper, "f:1:");
    GString *bomb = g_string_new("<!DOCTYPE a [<!ENTITY e0 \"xxxxxxxxxx\">");
    for (int i = 1; i < 10; i++)
        g_string_append_printf(bomb, "<!ENTITY e%d \"&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;\">", i, i - 1, i - 1,
                               i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    g_string_append(bomb, "]><a b=\"&e9;\">&e9;</a>");
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = format_find("xml")->parse("f", bomb->str, bomb->len, &error);
    assert_null(tree);
    g_string_free(bomb, TRUE);
    g_autofree char *x = repeat("x", 1 << 20);
    g_autofree char *line = g_strdup_printf("<a>%s</a>", x);
    pl_autojson json_object *longer = parse_text("xml", line);
    assert_int_equal(strlen(tree_string(longer, "text")), 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(positions),
        cmocka_unit_test(faults),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
