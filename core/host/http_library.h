/* libcurl and the thirty libraries that come with it: loaded when an audit asks somebody something, and by no other. */
#pragma once

#include "host/host.h"

#include <curl/curl.h>

/* What of it is used; NULL members until it is loaded. Filled once a process. */
struct http_library {
    CURL *(*init)(void);
    void (*cleanup)(CURL *curl);
    void (*reset)(CURL *curl);
    CURLcode (*setopt)(CURL *curl, CURLoption option, ...);
    CURLcode (*getinfo)(CURL *curl, CURLINFO info, ...);
    CURLcode (*perform)(CURL *curl);
    const char *(*strerror)(CURLcode code);
    struct curl_slist *(*append)(struct curl_slist *list, const char *text);
    void (*free_all)(struct curl_slist *list);
};
extern struct http_library http_library;

/* True when it is there. A confined process can load nothing: whoever may want it loads it before. From any thread. */
bool http_library_load(GError **error);
/* Whether an engine that could be asked seems to run: by the names of processes and the usual socket, which is too
 * little to find one, and enough to know that none has to be asked. Where it is wrong, asking fails with an error. */
bool http_library_is_likely(struct host *host);
