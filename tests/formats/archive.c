/* Archives that are written here by libarchive, honest ones and others. */
#include "formats/archive.h"

#include "model/error.h"

#include "cmocka_all.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct made {
    const char *path;
    unsigned type, mode; /* AE_IF* */
    const char *content, *link;
    bool hard;
};

static const struct archive_bounds tight = {.entries = 100, .unpacked = (guint64)1 << 30, .ratio = 300, .seconds = 60};

static la_ssize_t append(struct archive *archive, void *pointer, const void *data, size_t n)
{
    (void)archive;
    g_byte_array_append(pointer, data, (guint)n);
    return (la_ssize_t)n;
}

static struct archive *writer(GByteArray *out, const char *filter)
{
    struct archive *archive = archive_write_new();
    archive_write_set_format_pax(archive);
    if (!g_str_equal(filter, "none"))
        assert_int_equal(archive_write_add_filter_by_name(archive, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    archive_write_open(archive, out, NULL, append, NULL);
    return archive;
}

static void put(struct archive *archive, const struct made *made)
{
    struct archive_entry *entry = archive_entry_new();
    gsize n = made->content ? strlen(made->content) : 0;
    archive_entry_set_pathname(entry, made->path);
    archive_entry_set_mode(entry, made->type | made->mode);
    archive_entry_set_size(entry, (la_int64_t)n);
    if (made->hard)
        archive_entry_set_hardlink(entry, made->link);
    else if (made->link)
        archive_entry_set_symlink(entry, made->link);
    archive_entry_xattr_add_entry(entry, "security.capability", "cap", 3);
    archive_write_header(archive, entry);
    if (n)
        archive_write_data(archive, made->content, n);
    archive_entry_free(entry);
}

static GBytes *finish(struct archive *archive, GByteArray *out)
{
    archive_write_close(archive);
    archive_write_free(archive);
    return g_byte_array_free_to_bytes(out);
}

static GBytes *make(const char *filter, const struct made *made, size_t n)
{
    GByteArray *out = g_byte_array_new();
    struct archive *archive = writer(out, filter);
    for (size_t i = 0; i < n; i++)
        put(archive, &made[i]);
    return finish(archive, out);
}

static struct archive_reader *open_bytes(GBytes *bytes)
{
    g_autoptr(GError) error = NULL;
    struct archive_reader *reader = archive_open_bytes(bytes, "test", &tight, &error);
    if (!reader)
        fail_msg("%s", error->message);
    return reader;
}

static void expect_end(struct archive_reader *reader, int code)
{
    g_autoptr(GError) error = NULL;
    struct archive_member member;
    while (archive_next(reader, &member, &error))
        ;
    if (code < 0)
        assert_null(error);
    else if (!g_error_matches(error, PL_ERROR, code))
        fail_msg("%s", error ? error->message : "no error");
}

static const struct made honest[] = {
    {"./etc//passwd", AE_IFREG, 04644, "root:x:0", NULL, false},
    {"etc/link", AE_IFLNK, 0777, NULL, "../target", false},
    {"etc/hard", AE_IFREG, 0644, NULL, "./etc/passwd", true},
    {"/abs/dir", AE_IFDIR, 0755, NULL, NULL, false},
};

static void every_filter(void **state)
{
    (void)state;
    static const char *const filters[] = {"none", "gzip", "bzip2", "xz", "zstd"};
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        g_autoptr(GBytes) bytes = make(filters[i], honest, G_N_ELEMENTS(honest));
        pl_auto(archive_reader) reader = open_bytes(bytes);
        struct archive_member member;
        assert_true(archive_next(reader, &member, NULL));
        assert_string_equal(member.path, "etc/passwd");
        assert_int_equal(member.kind, ARCHIVE_FILE);
        assert_int_equal(member.mode, 04644);
        g_autoptr(GBytes) content = archive_content(reader, 4, NULL);
        assert_int_equal(g_bytes_get_size(content), 4);
        assert_memory_equal(g_bytes_get_data(content, NULL), "root", 5);
        expect_end(reader, -1);
    }
}

static void kinds_and_links(void **state)
{
    (void)state;
    g_autoptr(GBytes) bytes = make("none", honest, G_N_ELEMENTS(honest));
    pl_auto(archive_reader) reader = open_bytes(bytes);
    struct archive_member member;
    assert_true(archive_next(reader, &member, NULL));
    g_autoptr(GBytes) capability = archive_xattr(reader, "security.capability");
    assert_non_null(capability);
    assert_null(archive_xattr(reader, "user.x"));
    assert_true(archive_next(reader, &member, NULL));
    assert_int_equal(member.kind, ARCHIVE_SYMLINK);
    assert_string_equal(member.link, "../target");
    assert_false(member.escapes);
    assert_true(archive_next(reader, &member, NULL));
    assert_int_equal(member.kind, ARCHIVE_HARDLINK);
    assert_string_equal(member.link, "etc/passwd");
    assert_true(archive_next(reader, &member, NULL));
    assert_int_equal(member.kind, ARCHIVE_DIRECTORY);
    assert_string_equal(member.path, "abs/dir");
    assert_true(member.absolute);
}

static void names_that_lead_out(void **state)
{
    (void)state;
    static const struct made bad[] = {
        {"../../etc/passwd", AE_IFREG, 0644, "x", NULL, false},
        {"a/../../b", AE_IFREG, 0644, "x", NULL, false},
        {"a..b/..c", AE_IFREG, 0644, "x", NULL, false},
        {"hard", AE_IFREG, 0644, NULL, "../../etc/shadow", true},
    };
    static const bool escapes[] = {true, true, false, true};
    g_autoptr(GBytes) bytes = make("none", bad, G_N_ELEMENTS(bad));
    pl_auto(archive_reader) reader = open_bytes(bytes);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct archive_member member;
        assert_true(archive_next(reader, &member, NULL));
        assert_int_equal(member.escapes, escapes[i]);
    }
}

static void too_many_entries(void **state)
{
    (void)state;
    GByteArray *out = g_byte_array_new();
    struct archive *archive = writer(out, "none");
    for (int i = 0; i < 101; i++)
        put(archive, &honest[3]);
    g_autoptr(GBytes) bytes = finish(archive, out);
    pl_auto(archive_reader) reader = open_bytes(bytes);
    expect_end(reader, PL_ERROR_LIMIT);
}

static void names_too_long_or_deep(void **state)
{
    (void)state;
    g_autofree char *name = g_strnfill(ARCHIVE_PATH_MAX + 1, 'a');
    GString *deep = g_string_new(NULL);
    for (int i = 0; i <= ARCHIVE_DEPTH_MAX; i++)
        g_string_append(deep, "d/");
    const struct made longer = {name, AE_IFREG, 0644, "x", NULL, false};
    const struct made deeper = {deep->str, AE_IFDIR, 0755, NULL, NULL, false};
    g_autoptr(GBytes) one = make("none", &longer, 1);
    g_autoptr(GBytes) other = make("none", &deeper, 1);
    pl_auto(archive_reader) first = open_bytes(one);
    expect_end(first, PL_ERROR_LIMIT);
    pl_auto(archive_reader) second = open_bytes(other);
    expect_end(second, PL_ERROR_LIMIT);
    g_string_free(deep, TRUE);
}

/* 256 MiB of zero bytes in one entry. */
static GBytes *make_bomb(const char *filter)
{
    GByteArray *out = g_byte_array_new();
    struct archive *archive = writer(out, filter);
    struct archive_entry *entry = archive_entry_new();
    g_autofree char *zero = g_malloc0(1 << 20);
    archive_entry_set_pathname(entry, "zero");
    archive_entry_set_mode(entry, AE_IFREG | 0644);
    archive_entry_set_size(entry, (la_int64_t)256 << 20);
    archive_write_header(archive, entry);
    for (int i = 0; i < 256; i++)
        archive_write_data(archive, zero, 1 << 20);
    archive_entry_free(entry);
    return finish(archive, out);
}

static void bombs(void **state)
{
    (void)state;
    g_autoptr(GBytes) bytes = make_bomb("gzip");
    pl_auto(archive_reader) reader = open_bytes(bytes);
    expect_end(reader, PL_ERROR_LIMIT);
    static const struct archive_bounds small = {.entries = 10, .unpacked = 1 << 20, .ratio = 1 << 30, .seconds = 60};
    pl_auto(archive_reader) again = archive_open_bytes(bytes, "test", &small, NULL);
    expect_end(again, PL_ERROR_LIMIT);
    static const struct archive_bounds quick = {.entries = 10, .unpacked = 1 << 30, .ratio = 1 << 30, .seconds = 0};
    pl_auto(archive_reader) late = archive_open_bytes(bytes, "test", &quick, NULL);
    expect_end(late, PL_ERROR_LIMIT);
}

/* The entry that holds bytes which may have a NUL. */
static GBytes *wrap(const char *name, GBytes *bytes)
{
    GByteArray *out = g_byte_array_new();
    struct archive *archive = writer(out, "none");
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, AE_IFREG | 0644);
    archive_entry_set_size(entry, (la_int64_t)g_bytes_get_size(bytes));
    archive_write_header(archive, entry);
    archive_write_data(archive, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    archive_entry_free(entry);
    put(archive, &honest[3]);
    return finish(archive, out);
}

static void an_archive_inside(void **state)
{
    (void)state;
    g_autoptr(GBytes) layer = make("gzip", honest, G_N_ELEMENTS(honest));
    g_autoptr(GBytes) image = wrap("layer.tar", layer);
    pl_auto(archive_reader) outer = open_bytes(image);
    struct archive_member member;
    assert_true(archive_next(outer, &member, NULL));
    struct archive_reader *inner = archive_open_inside(outer, "layer", &tight, NULL);
    assert_true(archive_next(inner, &member, NULL));
    assert_string_equal(member.path, "etc/passwd");
    expect_end(inner, -1);
    archive_close(inner);
    assert_true(archive_next(outer, &member, NULL));
    assert_string_equal(member.path, "abs/dir");
}

static void a_bomb_inside(void **state)
{
    (void)state;
    g_autoptr(GBytes) bomb = make_bomb("gzip");
    g_autoptr(GBytes) image = wrap("layer.tar", bomb);
    pl_auto(archive_reader) outer = open_bytes(image);
    struct archive_member member;
    assert_true(archive_next(outer, &member, NULL));
    pl_auto(archive_reader) inner = archive_open_inside(outer, "layer", &tight, NULL);
    expect_end(inner, PL_ERROR_LIMIT);
}

static void too_deep(void **state)
{
    (void)state;
    g_autoptr(GBytes) bytes = make("none", honest, G_N_ELEMENTS(honest));
    struct archive_reader *readers[ARCHIVE_NESTED_MAX + 1] = {NULL};
    for (int i = 0; i <= ARCHIVE_NESTED_MAX; i++) {
        GBytes *outer = wrap("x.tar", bytes);
        g_bytes_unref(bytes);
        bytes = outer;
    }
    readers[0] = open_bytes(bytes);
    struct archive_member member;
    for (int i = 0; i < ARCHIVE_NESTED_MAX; i++) {
        assert_true(archive_next(readers[i], &member, NULL));
        readers[i + 1] = archive_open_inside(readers[i], "x", &tight, NULL);
        assert_non_null(readers[i + 1]);
    }
    g_autoptr(GError) error = NULL;
    assert_true(archive_next(readers[ARCHIVE_NESTED_MAX], &member, NULL));
    assert_null(archive_open_inside(readers[ARCHIVE_NESTED_MAX], "x", &tight, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    for (int i = ARCHIVE_NESTED_MAX; i >= 0; i--)
        archive_close(readers[i]);
}

static void no_archive(void **state)
{
    (void)state;
    g_autoptr(GBytes) text = g_bytes_new_static("this is no archive, whatever its name says", 42);
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    GBytes *const all[] = {text, nothing};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(GError) error = NULL;
        struct archive_member member;
        pl_auto(archive_reader) reader = archive_open_bytes(all[i], "test", &tight, &error);
        assert_false(reader && archive_next(reader, &member, &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
    }
}

static void cut_short(void **state)
{
    (void)state;
    g_autofree char *long_text = g_strnfill(5000, 'x');
    const struct made file = {"file", AE_IFREG, 0644, long_text, NULL, false};
    g_autoptr(GBytes) whole = make("none", &file, 1);
    g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, g_bytes_get_size(whole) - 4000);
    pl_auto(archive_reader) reader = open_bytes(part);
    expect_end(reader, PL_ERROR_PARSE);
}

static void a_file_of_the_host(void **state)
{
    (void)state;
    g_autoptr(GBytes) bytes = make("zstd", honest, G_N_ELEMENTS(honest));
    int fd = memfd_create("test", MFD_CLOEXEC);
    gsize n = 0;
    const void *data = g_bytes_get_data(bytes, &n);
    assert_int_equal(write(fd, data, n), n);
    lseek(fd, 0, SEEK_SET);
    pl_auto(archive_reader) reader = archive_open_fd(fd, "test", NULL, NULL);
    expect_end(reader, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter),
        cmocka_unit_test(kinds_and_links),
        cmocka_unit_test(names_that_lead_out),
        cmocka_unit_test(too_many_entries),
        cmocka_unit_test(names_too_long_or_deep),
        cmocka_unit_test(bombs),
        cmocka_unit_test(an_archive_inside),
        cmocka_unit_test(a_bomb_inside),
        cmocka_unit_test(too_deep),
        cmocka_unit_test(no_archive),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(a_file_of_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
