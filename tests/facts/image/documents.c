/* Documents of an image that is named by path: what was promised of them, and what comes twice. */
#include "facts/image/documents.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "model/error.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("plumbline-documents-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"a.json", "a.tar"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    g_free(folder);
    return 0;
}

static void write_file(const char *name, const char *bytes, gsize n)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
}

/* The document of that name, or the code of the error. `descriptor` NULL: nothing was promised. */
static int read_as(const char *path, bool directory, const char *descriptor)
{
    static const struct json_names none = {NULL};
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new(folder, NULL);
    const struct host_image at = {
        .host = host, .path = (char *)(uintptr_t)path, .name = (char *)(uintptr_t) "image", .directory = directory};
    struct image_documents *documents = image_documents_read(&at, &error);
    pl_autojson json_object *promised = descriptor ? json_tokener_parse(descriptor) : NULL;
    const struct image_expected expected = {.descriptor = promised, .names = &none};
    pl_autojson json_object *tree = documents ? image_document(documents, "a.json", &expected, &error) : NULL;
    image_documents_free(documents);
    assert_true(!tree == !!error);
    return error ? error->code : -1;
}

static void what_was_promised(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": 1}";
    write_file("a.json", text, strlen(text));
    g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autofree char *sha512 = g_compute_checksum_for_string(G_CHECKSUM_SHA512, text, -1);
    g_autofree char *upper = g_ascii_strup(sha256, -1);
    const struct {
        char *descriptor;
        bool good;
    } rows[] = {
        {g_strdup_printf("{\"digest\": \"sha256:%s\", \"size\": 8}", sha256), true},
        {g_strdup_printf("{\"digest\": \"sha256:%s\"}", sha256), true},
        {g_strdup_printf("{\"digest\": \"sha256:%s\"}", upper), true},
        {g_strdup_printf("{\"digest\": \"sha512:%s\", \"size\": 8}", sha512), true},
        {g_strdup_printf("{\"digest\": \"sha256:%s\", \"size\": 9}", sha256), false},
        {g_strdup_printf("{\"digest\": \"sha256:%s\", \"size\": \"8\"}", sha256), false},
        {g_strdup_printf("{\"digest\": \"sha256:%s\", \"size\": 8}", sha512), false},
        {g_strdup_printf("{\"digest\": \"sha512:%s\", \"size\": 8}", sha256), false},
        {g_strdup_printf("{\"digest\": \"md5:%s\", \"size\": 8}", sha256), false},
        {g_strdup("{\"size\": 8}"), false},
        {g_strdup("{}"), false},
    };
    assert_int_equal(read_as("/", true, NULL), -1);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (read_as("/", true, rows[i].descriptor) != (rows[i].good ? -1 : PL_ERROR_PARSE))
            fail_msg("%s", rows[i].descriptor);
        g_free(rows[i].descriptor);
    }
}

/* One entry of a tar archive (ustar). */
static void add_entry(GByteArray *archive, const char *name, char type, const char *content)
{
    static const guint8 zeros[512] = {0};
    char header[512] = "";
    gsize n = type == '0' ? strlen(content) : 0;
    g_strlcpy(header, name, 100);
    g_snprintf(header + 100, 8, "0000644");
    g_snprintf(header + 108, 8, "0000000");
    g_snprintf(header + 116, 8, "0000000");
    g_snprintf(header + 124, 12, "%011o", (unsigned)n);
    g_snprintf(header + 136, 12, "00000000000");
    memset(header + 148, ' ', 8);
    header[156] = type;
    if (type != '0')
        g_strlcpy(header + 157, content, 100);
    memcpy(header + 257, "ustar\00000", 8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    g_snprintf(header + 148, 8, "%06o", sum);
    g_byte_array_append(archive, (const guint8 *)header, sizeof header);
    g_byte_array_append(archive, (const guint8 *)content, (guint)n);
    g_byte_array_append(archive, zeros, (guint)((512 - n % 512) % 512));
}

/* Engines differ in which of two they take. */
static void what_comes_twice(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second; /* beginning with "@": a link there */
        int code;                   /* -1: it is read */
    } rows[] = {
        {"{\"a\": 1}", NULL, -1},
        {"{\"a\": 1}", "{\"a\": 1}", -1},
        {"{\"a\": 1}", "{\"a\": 2}", PL_ERROR_PARSE},
        {"{\"a\": 1}", "no document", PL_ERROR_PARSE},
        {"{\"a\": 1}", "@b.json", PL_ERROR_PARSE},
        {"@b.json", "{\"a\": 1}", PL_ERROR_PARSE},
        {"@b.json", "@c.json", PL_ERROR_PARSE},
        {"@b.json", NULL, -1},
        {"@none.json", NULL, PL_ERROR_ABSENT},
        {"@a.json", NULL, PL_ERROR_LIMIT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        static const guint8 end[1024] = {0};
        g_autoptr(GByteArray) archive = g_byte_array_new();
        add_entry(archive, "b.json", '0', "{\"b\": 1}");
        add_entry(archive, "c.json", '0', "{\"c\": 1}");
        const char *const both[] = {rows[i].first, rows[i].second};
        for (size_t j = 0; j < G_N_ELEMENTS(both) && both[j]; j++)
            add_entry(archive, "a.json", *both[j] == '@' ? '2' : '0', both[j] + (*both[j] == '@'));
        g_byte_array_append(archive, end, sizeof end);
        write_file("a.tar", (const char *)archive->data, archive->len);
        int code = read_as("/a.tar", false, NULL);
        if (code != rows[i].code)
            fail_msg("row %zu: %d", i, code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_promised, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_comes_twice, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
