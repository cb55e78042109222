#include "facts/sshd/keywords.h"

#include "model/error.h"
#include "model/suggest.h"
#include "model/value.h"

#include <fnmatch.h>
#include <string.h>

static const struct sshd_keyword keywords[] = {
    {"AcceptEnv", SSHD_TEXT, SSHD_GROWS},
    {"AddressFamily", SSHD_CHOICE, SSHD_FIRST},
    {"AllowAgentForwarding", SSHD_CHOICE, SSHD_FIRST},
    {"AllowGroups", SSHD_TEXT, SSHD_GROWS},
    {"AllowStreamLocalForwarding", SSHD_CHOICE, SSHD_FIRST},
    {"AllowTcpForwarding", SSHD_CHOICE, SSHD_FIRST},
    {"AllowUsers", SSHD_TEXT, SSHD_GROWS},
    {"AuthenticationMethods", SSHD_TEXT, SSHD_FIRST},
    {"AuthorizedKeysCommand", SSHD_TEXT, SSHD_FIRST},
    {"AuthorizedKeysCommandUser", SSHD_TEXT, SSHD_FIRST},
    {"AuthorizedKeysFile", SSHD_TEXT, SSHD_FIRST},
    {"AuthorizedPrincipalsCommand", SSHD_TEXT, SSHD_FIRST},
    {"AuthorizedPrincipalsCommandUser", SSHD_TEXT, SSHD_FIRST},
    {"AuthorizedPrincipalsFile", SSHD_TEXT, SSHD_FIRST},
    {"Banner", SSHD_TEXT, SSHD_FIRST},
    {"CASignatureAlgorithms", SSHD_NAMES, SSHD_FIRST},
    {"ChannelTimeout", SSHD_TEXT, SSHD_FIRST},
    {"ChrootDirectory", SSHD_TEXT, SSHD_FIRST},
    {"Ciphers", SSHD_NAMES, SSHD_FIRST},
    {"ClientAliveCountMax", SSHD_NUMBER, SSHD_FIRST},
    {"ClientAliveInterval", SSHD_TIME, SSHD_FIRST},
    {"Compression", SSHD_CHOICE, SSHD_FIRST},
    {"DebianBanner", SSHD_CHOICE, SSHD_FIRST},
    {"DenyGroups", SSHD_TEXT, SSHD_GROWS},
    {"DenyUsers", SSHD_TEXT, SSHD_GROWS},
    {"DisableForwarding", SSHD_CHOICE, SSHD_FIRST},
    {"ExposeAuthInfo", SSHD_CHOICE, SSHD_FIRST},
    {"FingerprintHash", SSHD_UPPER, SSHD_FIRST},
    {"ForceCommand", SSHD_TEXT, SSHD_FIRST},
    {"GatewayPorts", SSHD_CHOICE, SSHD_FIRST},
    {"GSSAPIAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"GSSAPICleanupCredentials", SSHD_CHOICE, SSHD_FIRST},
    {"GSSAPIEnablek5users", SSHD_CHOICE, SSHD_FIRST},
    {"GSSAPIKexAlgorithms", SSHD_NAMES, SSHD_FIRST},
    {"GSSAPIKeyExchange", SSHD_CHOICE, SSHD_FIRST},
    {"GSSAPIStoreCredentialsOnRekey", SSHD_CHOICE, SSHD_FIRST},
    {"GSSAPIStrictAcceptorCheck", SSHD_CHOICE, SSHD_FIRST},
    {"HostbasedAcceptedAlgorithms", SSHD_NAMES, SSHD_FIRST},
    {"HostbasedAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"HostbasedUsesNameFromPacketOnly", SSHD_CHOICE, SSHD_FIRST},
    {"HostCertificate", SSHD_TEXT, SSHD_GROWS},
    {"HostKey", SSHD_TEXT, SSHD_GROWS},
    {"HostKeyAgent", SSHD_TEXT, SSHD_FIRST},
    {"HostKeyAlgorithms", SSHD_NAMES, SSHD_FIRST},
    {"IgnoreRhosts", SSHD_CHOICE, SSHD_FIRST},
    {"IgnoreUserKnownHosts", SSHD_CHOICE, SSHD_FIRST},
    {"IPQoS", SSHD_CHOICE, SSHD_FIRST},
    {"KbdInteractiveAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"KerberosAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"KerberosGetAFSToken", SSHD_CHOICE, SSHD_FIRST},
    {"KerberosOrLocalPasswd", SSHD_CHOICE, SSHD_FIRST},
    {"KerberosTicketCleanup", SSHD_CHOICE, SSHD_FIRST},
    {"KexAlgorithms", SSHD_NAMES, SSHD_FIRST},
    {"ListenAddress", SSHD_TEXT, SSHD_GROWS},
    {"LoginGraceTime", SSHD_TIME, SSHD_FIRST},
    {"LogLevel", SSHD_UPPER, SSHD_FIRST},
    {"LogVerbose", SSHD_TEXT, SSHD_FIRST},
    {"MACs", SSHD_NAMES, SSHD_FIRST},
    {"MaxAuthTries", SSHD_NUMBER, SSHD_FIRST},
    {"MaxSessions", SSHD_NUMBER, SSHD_FIRST},
    {"MaxStartups", SSHD_TEXT, SSHD_LAST},
    {"ModuliFile", SSHD_TEXT, SSHD_FIRST},
    {"PAMServiceName", SSHD_TEXT, SSHD_FIRST},
    {"PasswordAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"PermitEmptyPasswords", SSHD_CHOICE, SSHD_FIRST},
    {"PermitListen", SSHD_TEXT, SSHD_FIRST},
    {"PermitOpen", SSHD_TEXT, SSHD_FIRST},
    {"PermitRootLogin", SSHD_CHOICE, SSHD_FIRST},
    {"PermitTTY", SSHD_CHOICE, SSHD_FIRST},
    {"PermitTunnel", SSHD_CHOICE, SSHD_FIRST},
    {"PermitUserEnvironment", SSHD_TEXT, SSHD_FIRST},
    {"PermitUserRC", SSHD_CHOICE, SSHD_FIRST},
    {"PerSourceMaxStartups", SSHD_NUMBER, SSHD_FIRST},
    {"PerSourceNetBlockSize", SSHD_TEXT, SSHD_FIRST},
    {"PerSourcePenalties", SSHD_TEXT, SSHD_FIRST},
    {"PerSourcePenaltyExemptList", SSHD_TEXT, SSHD_FIRST},
    {"PidFile", SSHD_TEXT, SSHD_FIRST},
    {"Port", SSHD_NUMBER, SSHD_GROWS},
    {"PrintLastLog", SSHD_CHOICE, SSHD_FIRST},
    {"PrintMotd", SSHD_CHOICE, SSHD_FIRST},
    {"Protocol", SSHD_TEXT, SSHD_FIRST},
    {"PubkeyAcceptedAlgorithms", SSHD_NAMES, SSHD_FIRST},
    {"PubkeyAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"PubkeyAuthOptions", SSHD_TEXT, SSHD_FIRST},
    {"RDomain", SSHD_TEXT, SSHD_FIRST},
    {"RefuseConnection", SSHD_CHOICE, SSHD_FIRST},
    {"RekeyLimit", SSHD_TEXT, SSHD_FIRST},
    {"RequiredRSASize", SSHD_NUMBER, SSHD_FIRST},
    {"RevokedKeys", SSHD_TEXT, SSHD_FIRST},
    {"RhostsRSAAuthentication", SSHD_CHOICE, SSHD_FIRST},
    {"SecurityKeyProvider", SSHD_TEXT, SSHD_FIRST},
    {"SetEnv", SSHD_TEXT, SSHD_FIRST},
    {"SshdAuthPath", SSHD_TEXT, SSHD_FIRST},
    {"SshdSessionPath", SSHD_TEXT, SSHD_FIRST},
    {"StreamLocalBindMask", SSHD_TEXT, SSHD_FIRST},
    {"StreamLocalBindUnlink", SSHD_CHOICE, SSHD_FIRST},
    {"StrictModes", SSHD_CHOICE, SSHD_FIRST},
    {"Subsystem", SSHD_TEXT, SSHD_GROWS},
    {"SyslogFacility", SSHD_UPPER, SSHD_FIRST},
    {"TCPKeepAlive", SSHD_CHOICE, SSHD_FIRST},
    {"TrustedUserCAKeys", SSHD_TEXT, SSHD_FIRST},
    {"UnusedConnectionTimeout", SSHD_TIME, SSHD_FIRST},
    {"UseDNS", SSHD_CHOICE, SSHD_FIRST},
    {"UsePAM", SSHD_CHOICE, SSHD_FIRST},
    {"UsePrivilegeSeparation", SSHD_CHOICE, SSHD_FIRST},
    {"VersionAddendum", SSHD_TEXT, SSHD_FIRST},
    {"X11DisplayOffset", SSHD_NUMBER, SSHD_FIRST},
    {"X11Forwarding", SSHD_CHOICE, SSHD_FIRST},
    {"X11UseLocalhost", SSHD_CHOICE, SSHD_FIRST},
    {"XAuthLocation", SSHD_TEXT, SSHD_FIRST},
};

static const struct {
    const char *old, *name;
} former_names[] = {
    {"ChallengeResponseAuthentication", "KbdInteractiveAuthentication"},
    {"DSAAuthentication", "PubkeyAuthentication"},
    {"HostbasedAcceptedKeyTypes", "HostbasedAcceptedAlgorithms"},
    {"KeepAlive", "TCPKeepAlive"},
    {"PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"},
    {"SkeyAuthentication", "KbdInteractiveAuthentication"},
};

#define CTR_AND_GCM                                                                                                    \
    "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com"
#define MACS                                                                                                           \
    "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"    \
    "hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"
#define CURVES "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
#define GROUPS                                                                                                         \
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"                \
    "diffie-hellman-group14-sha256"
#define SNTRUP "sntrup761x25519-sha512@openssh.com"
#define CERTIFICATES                                                                                                   \
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"                                       \
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"                               \
    "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,"                                 \
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"
#define KEYS                                                                                                           \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,"              \
    "sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256"
#define SIGNATURES_SHA1 CERTIFICATES ",ssh-rsa-cert-v01@openssh.com," KEYS ",ssh-rsa"
#define SIGNATURES      CERTIFICATES "," KEYS

/* Ascending by version for each keyword; a keyword without a row has a default that is not known (it differs by
 * distribution). NULL: nothing is set. */
static const struct {
    const char *keyword, *since, *value;
} defaults[] = {
    {"AcceptEnv", "0", NULL},
    {"AddressFamily", "0", "any"},
    {"AllowAgentForwarding", "0", "yes"},
    {"AllowGroups", "0", NULL},
    {"AllowStreamLocalForwarding", "6.7", "yes"},
    {"AllowTcpForwarding", "0", "yes"},
    {"AllowUsers", "0", NULL},
    {"AuthenticationMethods", "0", "any"},
    {"AuthorizedKeysCommand", "0", "none"},
    {"AuthorizedKeysCommandUser", "0", "none"},
    {"AuthorizedKeysFile", "0", ".ssh/authorized_keys .ssh/authorized_keys2"},
    {"AuthorizedPrincipalsCommand", "0", "none"},
    {"AuthorizedPrincipalsCommandUser", "0", "none"},
    {"AuthorizedPrincipalsFile", "0", "none"},
    {"Banner", "0", "none"},
    {"CASignatureAlgorithms", "8.8", KEYS},
    {"ChannelTimeout", "9.2", NULL},
    {"ChrootDirectory", "0", "none"},
    {"Ciphers", "7.4", CTR_AND_GCM},
    {"ClientAliveCountMax", "0", "3"},
    {"ClientAliveInterval", "0", "0"},
    {"Compression", "0", "delayed"},
    {"Compression", "7.4", "yes"},
    {"DebianBanner", "0", "yes"},
    {"DenyGroups", "0", NULL},
    {"DenyUsers", "0", NULL},
    {"DisableForwarding", "7.4", "no"},
    {"ExposeAuthInfo", "7.6", "no"},
    {"FingerprintHash", "6.8", "SHA256"},
    {"ForceCommand", "0", "none"},
    {"GatewayPorts", "0", "no"},
    {"GSSAPIAuthentication", "0", "no"},
    {"GSSAPICleanupCredentials", "0", "yes"},
    {"GSSAPIEnablek5users", "0", "no"},
    {"GSSAPIKeyExchange", "0", "no"},
    {"GSSAPIStoreCredentialsOnRekey", "0", "no"},
    {"GSSAPIStrictAcceptorCheck", "0", "yes"},
    {"HostbasedAcceptedAlgorithms", "8.2", SIGNATURES_SHA1},
    {"HostbasedAcceptedAlgorithms", "8.8", SIGNATURES},
    {"HostbasedAuthentication", "0", "no"},
    {"HostbasedUsesNameFromPacketOnly", "0", "no"},
    {"HostCertificate", "0", NULL},
    {"HostKey", "7.4", "/etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ed25519_key"},
    {"HostKeyAgent", "0", "none"},
    {"HostKeyAlgorithms", "8.2", SIGNATURES_SHA1},
    {"HostKeyAlgorithms", "8.8", SIGNATURES},
    {"IgnoreRhosts", "0", "yes"},
    {"IgnoreUserKnownHosts", "0", "no"},
    {"KbdInteractiveAuthentication", "0", "yes"},
    {"KerberosAuthentication", "0", "no"},
    {"KerberosGetAFSToken", "0", "no"},
    {"KerberosOrLocalPasswd", "0", "yes"},
    {"KerberosTicketCleanup", "0", "yes"},
    {"KexAlgorithms", "7.4", CURVES "," GROUPS ",diffie-hellman-group14-sha1"},
    {"KexAlgorithms", "8.2", CURVES "," GROUPS},
    {"KexAlgorithms", "9.0", SNTRUP "," CURVES "," GROUPS},
    {"KexAlgorithms", "9.9", "sntrup761x25519-sha512," SNTRUP ",mlkem768x25519-sha256," CURVES "," GROUPS},
    {"KexAlgorithms", "10.0", "mlkem768x25519-sha256,sntrup761x25519-sha512," SNTRUP "," CURVES},
    {"ListenAddress", "0", "0.0.0.0 ::"},
    {"LoginGraceTime", "0", "120"},
    {"LogLevel", "0", "INFO"},
    {"LogVerbose", "0", NULL},
    {"MACs", "7.4", MACS},
    {"MaxAuthTries", "0", "6"},
    {"MaxSessions", "0", "10"},
    {"MaxStartups", "6.2", "10:30:100"},
    {"ModuliFile", "0", "/etc/ssh/moduli"},
    {"PAMServiceName", "9.8", "sshd"},
    {"PasswordAuthentication", "0", "yes"},
    {"PermitEmptyPasswords", "0", "no"},
    {"PermitListen", "7.8", "any"},
    {"PermitOpen", "0", "any"},
    {"PermitRootLogin", "0", "yes"},
    {"PermitRootLogin", "7.0", "prohibit-password"},
    {"PermitTTY", "0", "yes"},
    {"PermitTunnel", "0", "no"},
    {"PermitUserEnvironment", "0", "no"},
    {"PermitUserRC", "0", "yes"},
    {"PerSourceMaxStartups", "8.5", "none"},
    {"PerSourceNetBlockSize", "8.5", "32:128"},
    {"Port", "0", "22"},
    {"PrintLastLog", "0", "yes"},
    {"PrintMotd", "0", "yes"},
    {"Protocol", "5.4", "2"},
    {"PubkeyAcceptedAlgorithms", "8.2", SIGNATURES_SHA1},
    {"PubkeyAcceptedAlgorithms", "8.8", SIGNATURES},
    {"PubkeyAuthentication", "0", "yes"},
    {"PubkeyAuthOptions", "8.2", "none"},
    {"RDomain", "7.7", "none"},
    {"RefuseConnection", "9.9", "no"},
    {"RekeyLimit", "0", "default none"},
    {"RequiredRSASize", "9.1", "1024"},
    {"RevokedKeys", "0", "none"},
    {"RhostsRSAAuthentication", "7.4", "no"},
    {"SecurityKeyProvider", "8.2", "internal"},
    {"SetEnv", "7.8", NULL},
    {"StreamLocalBindMask", "0", "0177"},
    {"StreamLocalBindUnlink", "0", "no"},
    {"StrictModes", "0", "yes"},
    {"Subsystem", "0", NULL},
    {"SyslogFacility", "0", "AUTH"},
    {"TCPKeepAlive", "0", "yes"},
    {"TrustedUserCAKeys", "0", "none"},
    {"UnusedConnectionTimeout", "9.2", "none"},
    {"UseDNS", "0", "yes"},
    {"UseDNS", "6.8", "no"},
    {"UsePAM", "0", "no"},
    {"UsePrivilegeSeparation", "7.5", "sandbox"},
    {"VersionAddendum", "0", "none"},
    {"X11DisplayOffset", "0", "10"},
    {"X11Forwarding", "0", "no"},
    {"X11UseLocalhost", "0", "yes"},
};

static const struct sshd_keyword *find_exact(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        if (g_ascii_strcasecmp(keywords[i].name, name) == 0)
            return &keywords[i];
    return NULL;
}

const struct sshd_keyword *sshd_keyword_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(former_names); i++)
        if (g_ascii_strcasecmp(former_names[i].old, name) == 0)
            return find_exact(former_names[i].name);
    return find_exact(name);
}

const struct sshd_keyword *sshd_keyword_named(const char *name, GError **error)
{
    const struct sshd_keyword *keyword = sshd_keyword_find(name);
    const char *names[G_N_ELEMENTS(keywords) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        names[i] = keywords[i].name;
    if (keyword)
        return keyword;
    g_autofree char *clause = suggest_clause(name, names);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "sshd has no keyword \"%s\"%s", name, clause);
    return NULL;
}

/* Without a version only a row counts that no later one changes; a list of algorithms must also be as old as 7.4. */
static bool says_all(const struct sshd_keyword *keyword, size_t row)
{
    bool changes = row + 1 < G_N_ELEMENTS(defaults) && g_str_equal(defaults[row].keyword, defaults[row + 1].keyword);
    if (changes && value_compare_versions(defaults[row + 1].since, "7.4") > 0)
        return false;
    return keyword->type != SSHD_NAMES || value_compare_versions(defaults[row].since, "7.4") <= 0;
}

enum sshd_default sshd_default_find(const struct sshd_keyword *keyword, const char *version, const char **value)
{
    enum sshd_default found = SSHD_DEFAULT_UNKNOWN;
    *value = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++) {
        if (!g_str_equal(defaults[i].keyword, keyword->name))
            continue;
        if (version && value_compare_versions(defaults[i].since, version) > 0) {
            /* The keyword is younger than this version; of lists of algorithms the older rows are just not here. */
            bool absent = found == SSHD_DEFAULT_UNKNOWN && keyword->type != SSHD_NAMES;
            return absent ? SSHD_DEFAULT_NONE : found;
        }
        if (!version && !says_all(keyword, i))
            return SSHD_DEFAULT_UNKNOWN;
        *value = defaults[i].value;
        found = *value ? SSHD_DEFAULT_VALUE : SSHD_DEFAULT_NONE;
    }
    return found;
}

/* True when a pattern (* and ?) of the list fits. */
static bool list_has(char *const *patterns, const char *name)
{
    for (; *patterns; patterns++)
        if (fnmatch(*patterns, name, FNM_NOESCAPE) == 0)
            return true;
    return false;
}

char *sshd_names_resolve(const char *names, const char *fallback)
{
    if (!*names || !strchr("+-^", *names))
        return g_strdup(names);
    g_auto(GStrv) given = g_strsplit(names + 1, ",", -1);
    g_auto(GStrv) known = g_strsplit(fallback, ",", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    if (*names == '^')
        for (char **name = given; *name; name++)
            g_ptr_array_add(list, *name);
    for (char **name = known; *name; name++)
        if (*names == '+' || !list_has(given, *name))
            g_ptr_array_add(list, *name);
    if (*names == '+')
        for (char **name = given; *name; name++)
            if (!g_strv_contains((const char *const *)known, *name))
                g_ptr_array_add(list, *name);
    g_ptr_array_add(list, NULL);
    return g_strjoinv(",", (char **)list->pdata);
}
