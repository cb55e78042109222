# Runs before CPack packs: what one distribution wants otherwise than `cmake --install` lays it down.
set(top ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
file(GLOB_RECURSE pages ${top}/usr/share/man/*.1 ${top}/usr/share/man/*.5)
foreach(page IN LISTS pages)
    execute_process(COMMAND gzip -9n ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
set(doc ${top}/usr/share/doc/plumbline)
if(CPACK_GENERATOR STREQUAL DEB)
    # Every Debian system has the licence's text; the copyright file names it.
    file(REMOVE ${doc}/LICENSE)
    configure_file(${CPACK_PLUMBLINE_DIST}/deb/copyright ${doc}/copyright COPYONLY)
    string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH is respected
    set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
    file(WRITE ${doc}/changelog.Debian "plumbline (${version}) unstable; urgency=medium\n\n  * See NEWS.md.gz.\n\n"
        " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
    execute_process(COMMAND gzip -9n ${doc}/NEWS.md ${doc}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
    # Of the places below /usr Debian's zsh looks into this one.
    file(RENAME ${top}/usr/share/zsh/site-functions ${top}/usr/share/zsh/vendor-completions)
endif()

# Whatever the umask of who packs.
file(GLOB_RECURSE all LIST_DIRECTORIES true ${top}/*)
foreach(path IN LISTS all)
    if(IS_DIRECTORY ${path} AND NOT path MATCHES "/var/lib/plumbline$")
        file(CHMOD ${path} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
            WORLD_READ WORLD_EXECUTE)
    elseif(path MATCHES "/usr/share/doc/")
        file(CHMOD ${path} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    endif()
endforeach()
