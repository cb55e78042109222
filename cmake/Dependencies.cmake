# Every library, by pkg-config. IMPORTED_TARGET makes their headers system headers.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0>=2.74)
# json-c: tried with 0.16, 0.18 and 0.19 (which keeps a pointer of its own in the userdata of what it frees, see tree.c,
# and, built with NDEBUG, never gives the memory of containers back).
pkg_check_modules(JSONC REQUIRED IMPORTED_TARGET json-c>=0.15)
pkg_check_modules(XML REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(CAP REQUIRED IMPORTED_TARGET libcap)
pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)

# What the processes of the running machine are read by as well; /proc alone will do. Loaded by name
# (host/process_library.h), so that the file's name has to be known: another version numbers its fields otherwise.
pkg_check_modules(PROC2 IMPORTED_TARGET libproc2)
if(PROC2_FOUND)
    find_library(PROC2_FILE proc2 HINTS ${PROC2_LIBRARY_DIRS} REQUIRED)
    execute_process(COMMAND ${CMAKE_READELF} -d ${PROC2_FILE} OUTPUT_VARIABLE dynamic ERROR_QUIET)
    if(dynamic MATCHES "SONAME[^[]*\\[([^]]+)\\]")
        set(PLUMBLINE_LIBPROC2 ${CMAKE_MATCH_1})
    endif()
endif()
if(NOT PLUMBLINE_LIBPROC2)
    message(STATUS "Without libproc2: processes are read from /proc alone")
endif()
