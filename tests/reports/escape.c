#include "reports/escape.h"

#include "cmocka_all.h"

#include <math.h>
#include <string.h>

#define RLO "\xe2\x80\xae"

static void assert_visible(const char *text, bool ascii, const char *wanted)
{
    g_autoptr(GString) out = g_string_new(NULL);
    escape_visible(out, text, ascii);
    assert_string_equal(out->str, wanted);
}

static void visible(void **state)
{
    (void)state;
    assert_visible("plain", false, "plain");
    assert_visible("\x1b[31mred\x07", false, "\\x1b[31mred\\x07");
    assert_visible("a\nb\tc\rd", false, "a\\x0ab\\x09c\\x0dd");
    assert_visible(RLO "evil", false, "\\u202eevil");
    assert_visible("\xe2\x81\xa6x\xe2\x81\xa9", false, "\\u2066x\\u2069");
    assert_visible("\xc2\x9b", false, "\\u009b"); /* C1 CSI */
    assert_visible("\x7f", false, "\\x7f");
    assert_visible("bad\xff", false, "bad\\xff");
    assert_visible("gr\xc3\xbc\xc3\x9f", false, "gr\xc3\xbc\xc3\x9f");
    assert_visible("gr\xc3\xbc", true, "gr\\u00fc");
    assert_visible("\xf0\x9f\x98\x80", true, "\\U0001f600");
    assert_visible(NULL, false, "");
}

static void block_keeps_lines(void **state)
{
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    escape_block(out, "a\n\tb\r\x1b");
    assert_string_equal(out->str, "a\n\tb\\x0d\\x1b");
}

static void html(void **state)
{
    (void)state;
    g_autoptr(GString) out = g_string_new(NULL);
    escape_html(out, "<a href=\"x\" id='y'>&amp;\x01", false);
    assert_string_equal(out->str, "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;\\x01");
}

static void xml(void **state)
{
    (void)state;
    static const char hostile[] = "a\x01\x1f\t\n\r\xef\xbf\xbf]]>\xff" RLO;
    g_autofree char *line = escape_xml(hostile, false);
    assert_string_equal(line, "a\\x01\\x1f\\x09\\x0a\\x0d\\uffff]]>\\xff\\u202e");
    g_autofree char *block = escape_xml(hostile, true);
    assert_string_equal(block, "a\\x01\\x1f\t\n\\x0d\\uffff]]>\\xff\\u202e");
}

static void assert_json(const char *text, gsize n, const char *wanted)
{
    g_autoptr(GString) out = g_string_new(NULL);
    escape_json(out, text, n);
    assert_string_equal(out->str, wanted);
}

static void json(void **state)
{
    (void)state;
    assert_json("a\"\\\n\t", 5, "\"a\\\"\\\\\\n\\u0009\"");
    assert_json("</script>", 9, "\"<\\/script>\"");
    assert_json("<!-- <ScRiPt", 12, "\"\\u003c!-- \\u003cScRiPt\"");
    assert_json(RLO, 3, "\"\\u202e\"");
    assert_json("\xf3\xa0\x81\x81", 4, "\"\\udb40\\udc41\"");
    assert_json("a\0b", 3, "\"a\\u0000b\"");
    assert_json("\xff\0\xff", 3, "\"\\\\xff\\u0000\\\\xff\"");
    assert_json("", 0, "\"\"");
}

static void bounded(void **state)
{
    (void)state;
    g_autofree char *same = escape_bounded("12345", 5);
    assert_string_equal(same, "12345");
    g_autofree char *cut = escape_bounded("1234567", 5);
    assert_string_equal(cut, "12345... (2 bytes more)");
    g_autofree char *between = escape_bounded("123\xc3\xbc\xc3\xbc", 4); /* never through a character */
    assert_string_equal(between, "123... (4 bytes more)");
    g_autofree char *none = escape_bounded(NULL, 5);
    assert_string_equal(none, "");
}

static void columns(void **state)
{
    (void)state;
    assert_int_equal(escape_columns("abc"), 3);
    assert_int_equal(escape_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4);
    assert_int_equal(escape_columns("e\xcc\x81"), 1);
    g_autoptr(GString) out = g_string_new(NULL);
    escape_cut(out, "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, ".");
    assert_string_equal(out->str, "\xe6\x97\xa5.");
    g_string_truncate(out, 0);
    escape_cut(out, "abcdef", 4, "...");
    assert_string_equal(out->str, "a...");
    g_string_truncate(out, 0);
    escape_cut(out, "abcdef", 2, "...");
    assert_string_equal(out->str, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visible), cmocka_unit_test(block_keeps_lines),
        cmocka_unit_test(html),    cmocka_unit_test(xml),
        cmocka_unit_test(json),    cmocka_unit_test(bounded),
        cmocka_unit_test(columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
