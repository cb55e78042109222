/* What is a secret and what is about one; that it is hidden, and nothing else. */
#include "model/secret.h"

#include "cmocka_all.h"
#include "model/tree.h"

#include <string.h>

static void names_of_secrets(void **state)
{
    (void)state;
    static const char *const secret[] = {
        "password",
        "Password",
        "PASSWORD",
        "passwd",
        "passphrase",
        "db_pwd",
        "dbPwd",
        "DB_PASS",
        "pwd",
        "requirepass",
        "masterauth",
        "passwords",
        "etcd_password",
        "jwt-secret",
        "auth_token",
        "PRIVATE_KEY",
        "api_key",
        "apiKey",
        "api-key",
        "APIKey",
        "apikey",
        "client_secret",
        "clientSecret",
        "client-secret",
        "secretKey",
        "private_key",
        "privateKey",
        "connectionString",
        "connection_string",
        "ConnectionStrings.Default.ConnectionString",
        "dsn",
        "tokens",
        "AWS_SECRET_ACCESS_KEY",
        "SERVICE.TOKEN",
        "DBPASSWORD",
        "deploy.token",
        "password2",
        "rootpw",
        "db.users.0.password",
        "secret.value",
        "users.0.token",
        "client-key-data",
        "secret_id",
        "userPassword",
        "bindpw",
        "ldap_bind_password",
        "encryption_key",
        "aescbc.keys.0.secret",
        "X-Auth-Token",
        "x-api-key",
        ".dockerconfigjson",
        "identitytoken",
        "passwort",
        "kennwort",
        "contraseña",
        "пароль",
        "motdepasse",
        "mot_de_passe",
        "wpa_psk",
        "PGPASSWORD",
        "MYSQL_PWD",
        "_authToken",
        "_password",
        "net.ipv4.tcp_fastopen_key",
        "spring.datasource.password",
        "hashed_password",
        "password_hash",
        "access_token",
        "refreshToken",
        "credentials",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
        if (!secret_name(secret[i]))
            fail_msg("%s is the name of a secret", secret[i]);
}

static void names_about_secrets(void **state)
{
    (void)state;
    static const char *const open[] = {
        "PasswordAuthentication",
        "password-file",
        "password_file",
        "token-auth-file",
        "password_encryption",
        "secret-ttl",
        "PermitEmptyPasswords",
        "password_policy",
        "icc",
        "",
        "key",
        "keyword",
        "secrets_dir",
        "bypass",
        "class",
        "password_min_length",
        "PASS_MAX_DAYS",
        "PASS_MIN_DAYS",
        "PASS_WARN_AGE",
        "authorization-mode",
        "tls-private-key-file",
        "service-account-private-key-file",
        "enable-bootstrap-token-auth",
        "secrets.driver",
        "credential-helpers",
        "use-service-account-credentials",
        "service-account-extend-token-expiration",
        "authentication-token-webhook",
        "crio.runtime.decryption_keys_path",
        "secret_variables",
        "secret_options",
        "env_sensitive",
        "kernel.keys.maxkeys",
        "passthrough",
        "COMPASS",
        "MONKEY",
        "KEYMAP",
        "public_key",
        "GPG_KEY",
        "AuthorizedKeysFile",
        "authorized_keys",
        "HostKeyAlgorithms",
        "PubkeyAuthentication",
        "tokenizer",
        "secretary",
        "imagePullCredentialsVerificationPolicy",
        "keyring",
        "ssh_key_path",
        "passenger_version",
        "secretName",
        "password_lifetime",
        "passwordHistory",
        "token.ttl",
        "net.ipv4.tcp_syncookies",
        "tokens_per_second",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
        if (secret_name(open[i]))
            fail_msg("%s is no name of a secret", open[i]);
    assert_false(secret_name(NULL));
}

static void variables(void **state)
{
    (void)state;
    static const char *const secret[] = {"DB_PASSWORD",   "db-password", "API_TOKEN",    "AWS_SECRET_ACCESS_KEY",
                                         "KEY",           "PASS",        "MYSQL_PWD",    "APIKEY",
                                         "SERVICE.TOKEN", "PASSWORD",    "DB_PASS",      "MYSQL_ROOT_PASSWORD",
                                         "API_KEY",       "apiKey",      "GITHUB_TOKEN", "DBPASSWORD",
                                         "deploy.token"};
    static const char *const plain[] = {"MONKEY",
                                        "PWD",
                                        "OLDPWD",
                                        "GPG_KEY",
                                        "KEYMAP",
                                        "PASSWORD_FILE",
                                        "TOKEN_URL",
                                        "COMPASS",
                                        "PUBLIC_KEY",
                                        "TOKEN_TTL",
                                        "",
                                        "KEYBOARD",
                                        "GPG_KEYS",
                                        "POSTGRES_PASSWORD_FILE",
                                        "SSH_PUBLIC_KEY",
                                        "SSH_KEY_PATH",
                                        "PATH",
                                        "ACCESS_LOG",
                                        "___",
                                        "PASSENGER_VERSION",
                                        "TOKENIZERS_PARALLELISM"};
    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
        if (!secret_variable(secret[i]))
            fail_msg("%s is the name of a secret", secret[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        if (secret_variable(plain[i]))
            fail_msg("%s is no name of a secret", plain[i]);
    assert_false(secret_value_possible("yes"));
    assert_false(secret_value_possible("$FROM_OUTSIDE"));
    assert_true(secret_value_possible("hunter2"));
    assert_true(secret_value_possible("$6$salt$hash"));
}

static void values_that_stay(void **state)
{
    (void)state;
    static const char *const open[] = {"",
                                       "yes",
                                       "No",
                                       "locked",
                                       "required",
                                       "none",
                                       "x",
                                       "*",
                                       "!!",
                                       "/etc/a",
                                       "/run/secrets/db",
                                       "$DB_PASSWORD",
                                       "${A_PASS}",
                                       "{{ vault }}",
                                       "<redacted, 4 bytes>",
                                       "$(cat /x)",
                                       "tls/server.key"};
    static const char *const hidden[] = {
        "hunter2",       "PLAIN", "1",   "12345678", "/9j4AAQSkZJRg==",     "$ecret",
        "${A:-hunter2}", "yes!",  "a b", "$6$a$b",   "<redacted, x bytes>", "/hunter2"};
    for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
        if (!secret_is_open(open[i]))
            fail_msg("%s may be shown", open[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
        if (secret_is_open(hidden[i]))
            fail_msg("%s must be hidden", hidden[i]);
}

static void shapes(void **state)
{
    (void)state;
    assert_true(secret_in_text("AKIAABCDEFGHIJKLMNOP"));
    assert_true(secret_in_text("x=ghp_abcdefghijklmnopqrstuvwxyz"));
    assert_true(secret_in_text("-----BEGIN RSA PRIVATE KEY-----\n"));
    assert_true(secret_in_text("postgres://shop:hunter2@db/shop"));
    assert_true(secret_in_text("redis://:hunter2@cache:6379"));
    assert_true(secret_in_text("http://a/ amqp://u:p@ss@mq"));
    assert_true(secret_in_text("postgres://u:hun/ter@db/shop"));
    assert_false(secret_in_text("postgres://shop@db:5432/shop"));
    assert_false(secret_in_text("https://shop:@db"));
    assert_false(secret_in_text("https://x:${PASSWORD}@db"));
    assert_false(secret_in_text("https://x/a:b@c"));
    assert_false(secret_in_text("https://x:80/?mail=a:b@c"));
    assert_false(secret_in_text("AKIA"));
    assert_false(secret_in_text("XAKIAABCDEFGHIJKLMNOP"));
    assert_false(secret_in_text("-----BEGIN CERTIFICATE-----"));
}

static void options(void **state)
{
    (void)state;
    static const struct {
        const char *argument, *option;
    } rows[] = {
        {"--password=hunter2", "--password"},
        {"-Dapi.token=x", "-Dapi.token"},
        {"token=x", "token"},
        {"--password", NULL},
        {"--password=", NULL},
        {"--password-file=/x", NULL},
        {"--monkey=1", NULL},
        {"https://x/?token=1", NULL},
        {"=x", NULL},
        {"--database=postgres://u:hunter2@db", "--database"},
        {"postgres://u:hunter2@db", "postgres://u:"},
        {"ghp_abcdefghijklmnopqrstuvwxyz", "ghp_"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *option = secret_option(rows[i].argument);
        if (g_strcmp0(option, rows[i].option) != 0)
            fail_msg("%s: %s", rows[i].argument, option ? option : "nothing");
    }
}

/* A text as a host wrote it: what of it may be shown. Twice is as once. */
static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown; /* NULL: all of it */
    } rows[] = {
        {"password = hunter2", "password = <redacted, 7 bytes>"},
        {"password=\"hunter2 x\"", "password=\"<redacted, 9 bytes>\""},
        {"password: hunter2 and more", "password: <redacted, 16 bytes>"},
        {"requirepass PLAIN", "requirepass <redacted, 5 bytes>"},
        {"  requirepass PLAIN  # comment", "  requirepass <redacted, 5 bytes>  # comment"},
        {"{\"password\":\"a\\\"b\"}", "{\"password\":\"<redacted, 4 bytes>\"}"},
        {"{\"passwords\": [\"a\", \"b\"], \"x\": 1}", "{\"passwords\": <redacted, 10 bytes>, \"x\": 1}"},
        {"url=postgres://u:PASS@h/d", "url=postgres://u:<redacted, 4 bytes>@h/d"},
        {"Environment=\"A=b\" \"DB_PASSWORD=x y\"", "Environment=\"A=b\" \"DB_PASSWORD=<redacted, 3 bytes>\""},
        {"Server=db;Uid=sa;Pwd=abc", "Server=db;Uid=sa;Pwd=<redacted, 3 bytes>"},
        {"define('DB_PASSWORD', 'abc');", "define('DB_PASSWORD', '<redacted, 3 bytes>');"},
        {"'db_pass' => 'abc',", "'db_pass' => '<redacted, 3 bytes>',"},
        {"<password>abc</password>", "<password><redacted, 3 bytes></password>"},
        {"Authorization: Bearer abcdef", "Authorization: <redacted, 13 bytes>"},
        {"curl -H 'X-Api-Key: abc' x", "curl -H 'X-Api-Key: <redacted, 3 bytes>' x"},
        {"docker login -u bob -p abc reg", "docker login -u bob -p <redacted, 3 bytes> reg"},
        {"curl -u bob:abc https://x", "curl -u bob:<redacted, 3 bytes> https://x"},
        {"mysql -uroot -pabc db", "mysql -uroot -p<redacted, 3 bytes> db"},
        {"tool --password abc --x", "tool --password <redacted, 3 bytes> --x"},
        {"redis-cli -a abc", "redis-cli -a <redacted, 3 bytes>"},
        {"machine h login u password abc", "machine h login u password <redacted, 3 bytes>"},
        {"CREATE USER a IDENTIFIED BY 'abc'", "CREATE USER a IDENTIFIED BY '<redacted, 3 bytes>'"},
        {"root:$6$salt$abcdefghijklmnopqrst:19000:0:99999:7:::", "root:<redacted, 28 bytes>:19000:0:99999:7:::"},
        {"bob:abcdefghijklm:19000:0:99999:7:::", "bob:<redacted, 13 bytes>:19000:0:99999:7:::"},
        {"u:$apr1$abcdefgh$abcdefghijklmnop", "u:<redacted, 31 bytes>"},
        {"ADD x\nENV A ghp_abcdefghijklmnopqrstuvwxyz", "ADD x\nENV A ghp_<redacted, 26 bytes>"},
        {"a -----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY----- b", "a <redacted, 63 bytes> b"},
        {"u:abc@tcp(db:3306)/x", "u:<redacted, 3 bytes>@tcp(db:3306)/x"},
        {"{\"auth\": \"Ym9iOmFiYw==\"}", "{\"auth\": \"<redacted, 12 bytes>\"}"},
        {"https://x/?access_token=abc", "https://x/?access_token=<redacted, 3 bytes>"},
        /* about secrets, and like them */
        {"password required pam_unix.so sha512 x=y", NULL},
        {"password [success=1 default=ignore] pam_unix.so obscure", NULL},
        {"PasswordAuthentication no", NULL},
        {"PermitEmptyPasswords no", NULL},
        {"PASS_MAX_DAYS 365", NULL},
        {"token-file=/etc/some/long/path", NULL},
        {"password: required", NULL},
        {"--token-auth-file=/etc/x", NULL},
        {"mkdir -p build", NULL},
        {"ssh -p 2222 host", NULL},
        {"docker run -p 8080:80 -u 1000:1000 x", NULL},
        {"-a always,exit -F path=/etc/shadow -F perm=wa -k key", NULL},
        {"/bin/x --v=2", NULL},
        {"ssl_certificate_key /etc/ssl/private/a.key;", NULL},
        {"bob:x:1000:1000:Bob:/home/bob:/bin/sh", NULL},
        {"bob:!:19000:0:99999:7:::", NULL},
        {"root:*:19000:0:99999:7:::", NULL},
        {"basic authentication is off", NULL},
        {"hostssl all all 0.0.0.0/0 scram-sha-256", NULL},
        {"secret: <redacted, 4 bytes>", NULL},
        {"${PASSWORD}", NULL},
        {"password=${DB_PASSWORD}", NULL},
        {"minlen = 14", NULL},
        {"ENCRYPT_METHOD SHA512", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *once = secret_hide(rows[i].text, SECRET_RAW);
        if (g_strcmp0(once, rows[i].shown) != 0)
            fail_msg("%s: %s", rows[i].text, once ? once : "not hidden");
        g_autofree char *twice = once ? secret_hide(once, SECRET_RAW) : NULL;
        if (twice)
            fail_msg("%s: %s", once, twice);
        g_autofree char *later = once ? secret_hide(once, SECRET_SENTENCE) : NULL;
        if (later)
            fail_msg("%s: %s", once, later);
    }
}

static void sentences(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"/run/secrets/token: Permission denied", NULL},
        {"the token: Permission denied", NULL},
        {"password of root is empty", NULL},
        {"\"password=abc\" is no number", "\"password=<redacted, 3 bytes>\" is no number"},
        {"GET /x: Authorization: Bearer abc", "GET /x: Authorization: <redacted, 10 bytes>"},
        {"cannot ask http://u:abc@proxy: refused", "cannot ask http://u:<redacted, 3 bytes>@proxy: refused"},
        {"GET /x on /run/docker.sock: {\"token\":\"abc\"}",
         "GET /x on /run/docker.sock: {\"token\":\"<redacted, 3 bytes>\"}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *once = secret_hide(rows[i].text, SECRET_SENTENCE);
        if (g_strcmp0(once, rows[i].shown) != 0)
            fail_msg("%s: %s", rows[i].text, once ? once : "not hidden");
    }
}

static json_object *hide(const char *json, const struct secret_bounds *bounds)
{
    pl_autojson json_object *tree = json_tokener_parse(json);
    return secret_hide_tree(tree, bounds);
}

static void trees(void **state)
{
    (void)state;
    static const struct {
        const char *tree, *shown;
    } rows[] = {
        {"{\"password\":\"hunter2\"}", "{\"password\":\"<redacted, 7 bytes>\"}"},
        {"{\"db_pwd\":\"PLAIN\",\"requirepass\":\"PLAIN\",\"passwords\":[\"PLAIN\"]}",
         "{\"db_pwd\":\"<redacted, 5 bytes>\",\"passwords\":\"<redacted, 9 bytes>\",\"requirepass\":\"<redacted, 5 "
         "bytes>\"}"},
        {"{\"a\":{\"secret\":{\"deep\":[\"x\"],\"n\":1}}}", "{\"a\":{\"secret\":\"<redacted, 20 bytes>\"}}"},
        {"{\"key\":\"client_secret\",\"value\":\"abc\"}",
         "{\"key\":\"client_secret\",\"value\":\"<redacted, 3 bytes>\"}"},
        {"[{\"Name\":\"DB_PASSWORD\",\"Value\":\"abc\"}]",
         "[{\"Name\":\"DB_PASSWORD\",\"Value\":\"<redacted, 3 bytes>\"}]"},
        {"{\"key\":\"password\",\"losing\":[\"flag /etc/a b:1 hunter 2\",\"alone\",\"/etc/a:1 no\"]}",
         "{\"key\":\"password\",\"losing\":[\"flag /etc/a b:1 <redacted, 8 bytes>\",\"<redacted, 5 bytes>\",\"/etc/a:1 "
         "no\"]}"},
        {"{\"password\":123456,\"pin_token\":1.5}",
         "{\"password\":\"<redacted, 6 bytes>\",\"pin_token\":\"<redacted, 3 bytes>\"}"},
        {"[\"/bin/x\",\"--token=abc\",\"--password\",\"abc\",\"--password\",\"--v=2\"]",
         "[\"/bin/x\",\"--token=<redacted, 3 bytes>\",\"--password\",\"<redacted, 3 "
         "bytes>\",\"--password\",\"--v=2\"]"},
        {"{\"auths\":{\"r\":{\"auth\":\"Ym9iOmFiYw==\"}}}", "{\"auths\":{\"r\":{\"auth\":\"<redacted, 12 bytes>\"}}}"},
        {"{\"ghp_abcdefghijklmnopqrstuvwxyz\":1}", "{\"ghp_<redacted, 26 bytes>\":1}"},
        {"{\"headers\":{\"Authorization\":\"Bearer abcdef\"}}",
         "{\"headers\":{\"Authorization\":\"<redacted, 13 bytes>\"}}"},
        /* states, places, numbers about secrets */
        {"{\"password\":\"locked\"}", NULL},
        {"{\"password\":\"\"}", NULL},
        {"{\"password\":null,\"secret\":{\"enabled\":true,\"mode\":\"none\"},\"token\":true}", NULL},
        {"{\"private_key\":\"/etc/ssl/private/a.key\"}", NULL},
        {"{\"PASS_MAX_DAYS\":365,\"password_min_length\":14}", NULL},
        {"{\"credentials\":[\"/.npmrc\"],\"private_keys\":[\"/app/id_rsa\"]}", NULL},
        {"{\"authorization\":{\"mode\":\"Webhook\"}}", NULL},
        {"{\"authentication\":{\"password\":{\"enabled\":false}}}", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_autojson json_object *shown = hide(rows[i].tree, NULL);
        g_autofree char *once = tree_canonical(shown);
        const char *right = rows[i].shown ? rows[i].shown : rows[i].tree;
        if (!g_str_equal(once, right))
            fail_msg("%s: %s", rows[i].tree, once);
        pl_autojson json_object *again = secret_hide_tree(shown, NULL);
        g_autofree char *twice = tree_canonical(again);
        assert_string_equal(twice, once);
    }
}

static void bounds(void **state)
{
    (void)state;
    static const struct secret_bounds some = {.text = 1024, .list = 50, .depth = 8};
    g_autofree char *fill = g_strnfill(5000, 'a');
    g_autofree char *json = g_strdup_printf("[\"%s\",[[[[[[[[[[1]]]]]]]]]]]", fill);
    pl_autojson json_object *cut = hide(json, &some);
    g_autofree char *text = tree_text(json_object_array_get_idx(cut, 0));
    assert_int_equal(strlen(text), 1023 + strlen("... (5000 bytes)"));
    g_autofree char *deep = tree_text(json_object_array_get_idx(cut, 1));
    assert_string_equal(deep, "[[[[[[[[\"...\"]]]]]]]]");
    g_autoptr(GString) list = g_string_new("[");
    for (int i = 0; i < 60; i++)
        g_string_append_printf(list, "%d, ", i);
    g_string_append(list, "60]");
    pl_autojson json_object *shorter = hide(list->str, &some);
    g_autofree char *members = tree_text(shorter);
    assert_non_null(strstr(members, "49,\"... and 11 more\"]"));
    /* A secret that begins beyond what is read, or is cut by it, is not shown in part. */
    g_autofree char *blanks = g_strnfill(1024 * 16 - 10, ' ');
    g_autofree char *far = g_strdup_printf("[\"%sghp_abcdefghijklmnopqrstuvwxyz\"]", blanks);
    pl_autojson json_object *end = hide(far, &some);
    g_autofree char *shown = tree_text(end);
    assert_null(strstr(shown, "ghp_"));
}

/* A text with a NUL in it is read to its end. */
static void nul_hides_nothing(void **state)
{
    (void)state;
    pl_autojson json_object *text = json_object_new_string_len("a\0password=abc", 14);
    pl_autojson json_object *shown = secret_hide_tree(text, NULL);
    g_autofree char *visible = tree_text(shown);
    assert_null(strstr(visible, "abc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_secrets),
        cmocka_unit_test(names_about_secrets),
        cmocka_unit_test(variables),
        cmocka_unit_test(values_that_stay),
        cmocka_unit_test(shapes),
        cmocka_unit_test(options),
        cmocka_unit_test(texts),
        cmocka_unit_test(sentences),
        cmocka_unit_test(trees),
        cmocka_unit_test(bounds),
        cmocka_unit_test(nul_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
