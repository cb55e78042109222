# plumbline_count(TARGET): the counters of a program whose processes confine themselves (counters.c); nothing unless
# PLUMBLINE_COVERAGE is on.
set(counters_here ${CMAKE_CURRENT_LIST_DIR})
function(plumbline_count target)
    if(NOT PLUMBLINE_COVERAGE)
        return()
    endif()
    set(counters ${CMAKE_BINARY_DIR}/${target}.counters)
    target_sources(${target} PRIVATE ${counters_here}/counters.c)
    set_source_files_properties(${counters_here}/counters.c PROPERTIES
        COMPILE_OPTIONS "-fno-profile-arcs;-fno-test-coverage")
    target_compile_definitions(${target} PRIVATE COVERAGE_COUNTERS="${counters}")
    target_link_options(${target} PRIVATE -Wl,-T,${counters_here}/counters.ld)
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${counters_here}/counters.ld)
    # Another program's counters lie elsewhere.
    add_custom_command(TARGET ${target} POST_BUILD COMMAND ${CMAKE_COMMAND} -E rm -f ${counters})
endfunction()
