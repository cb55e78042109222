# What builds for measuring put in front of main(); nothing of it is in any other build.
set(hooks_here ${CMAKE_CURRENT_LIST_DIR})

function(plumbline_hook target file macro product)
    target_sources(${target} PRIVATE ${hooks_here}/${file})
    target_compile_definitions(${target} PRIVATE ${macro}="${product}")
    set_source_files_properties(${hooks_here}/${file} PROPERTIES COMPILE_OPTIONS "${ARGN}")
    # What another program counted lies elsewhere.
    add_custom_command(TARGET ${target} POST_BUILD COMMAND ${CMAKE_COMMAND} -E rm -f ${product})
endfunction()

# plumbline_hooks(TARGET): a program whose processes confine themselves.
function(plumbline_hooks target)
    if(PLUMBLINE_COVERAGE)
        plumbline_hook(${target} counters.c COUNTERS_FILE ${CMAKE_BINARY_DIR}/${target}.counters
            -fno-profile-arcs -fno-test-coverage)
        target_link_options(${target} PRIVATE -Wl,-T,${hooks_here}/counters.ld)
        set_target_properties(${target} PROPERTIES LINK_DEPENDS ${hooks_here}/counters.ld)
    endif()
    if(CMAKE_C_FLAGS MATCHES "fsanitize=address" AND NOT PLUMBLINE_FUZZ)
        plumbline_hook(${target} deaths.c DEATHS_FILE ${CMAKE_BINARY_DIR}/${target}.deaths)
    endif()
endfunction()
