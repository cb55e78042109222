# What `cmake --install` lays down, whatever the umask and wherever the prefix; packages are made from the same rules.
#
# Texts that name installed paths (manual, units, cron example) hold those of the prefix /usr/local, so that they can be
# used as they stand here; cmake/install-texts.cmake puts in the real ones when the prefix is known, which is late.
set(PLUMBLINE_UNIT_DIR lib/systemd/system CACHE STRING "Where systemd units go, below the prefix")
set(PLUMBLINE_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where completions of zsh go")
# cron and the units name it; it is no matter of the prefix
set(PLUMBLINE_STATE_DIR /var/lib/plumbline)

# First of all: it makes the folders.
configure_file(cmake/install-texts.cmake ${CMAKE_BINARY_DIR}/install-texts.cmake @ONLY)
install(SCRIPT ${CMAKE_BINARY_DIR}/install-texts.cmake)

# The program writes its completions itself; one that runs elsewhere cannot be asked.
set(completions ${CMAKE_BINARY_DIR}/completions)
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
    set(shells)
    file(MAKE_DIRECTORY ${completions})
    foreach(shell bash zsh fish)
        add_custom_command(OUTPUT ${completions}/${shell}
            COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0
                $<TARGET_FILE:plumbline> completion ${shell} > ${completions}/${shell}
            DEPENDS plumbline VERBATIM COMMENT "Completion of ${shell}")
        list(APPEND shells ${completions}/${shell})
    endforeach()
    add_custom_target(plumbline_completions ALL DEPENDS ${shells})
    install(FILES ${completions}/bash RENAME plumbline
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${completions}/zsh RENAME _plumbline DESTINATION ${PLUMBLINE_ZSH_DIR})
    install(FILES ${completions}/fish RENAME plumbline.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

install(TARGETS plumbline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY checks/ DESTINATION ${CMAKE_INSTALL_DATADIR}/plumbline/checks
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
    DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE
    FILES_MATCHING PATTERN "*.yaml")
if(TARGET checks-compiled)
    install(FILES ${CMAKE_BINARY_DIR}/checks.compiled DESTINATION ${CMAKE_INSTALL_DATADIR}/plumbline OPTIONAL)
endif()
# For editors; tests/support/make-schemas.py makes them from the program's tables.
install(DIRECTORY dist/schemas/ DESTINATION ${CMAKE_INSTALL_DATADIR}/plumbline/schemas
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
    DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE
    FILES_MATCHING PATTERN "*.json")
install(FILES LICENSE NEWS.md README.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
    -P ${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake VERBATIM)
