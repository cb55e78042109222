# Runs within `cmake --install`, before all else: makes the folders, and what depends on the prefix that was given there.
# Also takes away modules of an earlier version that this one no longer has: they would be loaded and judged beside the
# new ones.

function(full_path out folder)
    if(NOT IS_ABSOLUTE "${folder}")
        set(folder "${CMAKE_INSTALL_PREFIX}/${folder}")
    endif()
    set(${out} "${folder}" PARENT_SCOPE)
endfunction()

full_path(bin "@CMAKE_INSTALL_BINDIR@")
full_path(data "@CMAKE_INSTALL_DATADIR@")
full_path(man "@CMAKE_INSTALL_MANDIR@")
full_path(doc "@CMAKE_INSTALL_DOCDIR@")
full_path(units "@PLUMBLINE_UNIT_DIR@")

# A new folder is open to all whatever the umask says, which CMake would obey: with 077 only root could run the program.
# One that is there already keeps its mode.
function(make_folder folder)
    if(EXISTS "${folder}")
        return()
    endif()
    get_filename_component(above "${folder}" DIRECTORY)
    make_folder("${above}")
    file(MAKE_DIRECTORY "${folder}")
    file(CHMOD "${folder}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
        WORLD_READ WORLD_EXECUTE)
endfunction()

full_path(zsh "@PLUMBLINE_ZSH_DIR@")
foreach(folder "${bin}" "${data}/plumbline/checks" "${data}/plumbline/schemas" "${man}/man1" "${man}/man5" "${doc}/examples" "${units}" "${zsh}"
        "${data}/bash-completion/completions" "${data}/fish/vendor_completions.d")
    make_folder("$ENV{DESTDIR}${folder}")
endforeach()

function(install_text source folder)
    get_filename_component(name "${source}" NAME)
    file(READ "@CMAKE_SOURCE_DIR@/${source}" text)
    string(REPLACE "/usr/local/bin/plumbline" "${bin}/plumbline" text "${text}")
    string(REPLACE "/usr/local/share/plumbline" "${data}/plumbline" text "${text}")
    string(REPLACE "/usr/local/share/doc/plumbline" "${doc}" text "${text}")
    file(WRITE "${texts}/${name}" "${text}")
    file(INSTALL "${texts}/${name}" DESTINATION "${folder}"
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    set(CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_MANIFEST_FILES}" PARENT_SCOPE)
endfunction()

string(RANDOM LENGTH 16 own) # two installations of one build may run at once
set(texts "@CMAKE_BINARY_DIR@/texts-${own}")
install_text(man/plumbline.1 "${man}/man1")
install_text(man/plumbline-checks.5 "${man}/man5")
install_text(dist/plumbline.service "${units}")
install_text(dist/plumbline.timer "${units}")
install_text(dist/plumbline.cron "${doc}/examples")
install_text(dist/kubernetes-job.yaml "${doc}/examples")
file(REMOVE_RECURSE "${texts}")

# The folder is the program's own; yours is the one for --checks.
set(checks "$ENV{DESTDIR}${data}/plumbline/checks")
if(NOT IS_SYMLINK "${checks}")
    file(GLOB_RECURSE old RELATIVE "${checks}" "${checks}/*.yaml")
    foreach(name IN LISTS old)
        if(NOT EXISTS "@CMAKE_SOURCE_DIR@/checks/${name}")
            message(STATUS "Removing: ${checks}/${name} (not part of this version)")
            file(REMOVE "${checks}/${name}")
        endif()
    endforeach()
endif()

# Outside of the prefix: made for an installation of the system, not for one in somebody's folder.
set(state "$ENV{DESTDIR}@PLUMBLINE_STATE_DIR@")
if(NOT "$ENV{DESTDIR}" STREQUAL "" OR CMAKE_INSTALL_PREFIX MATCHES "^/(usr|usr/local|opt|opt/.*)/?$")
    get_filename_component(above "${state}" DIRECTORY)
    make_folder("${above}")
    if(NOT EXISTS "${state}")
        message(STATUS "Installing: ${state}")
        file(MAKE_DIRECTORY "${state}")
        file(CHMOD "${state}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE)
    endif()
endif()
