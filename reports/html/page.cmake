# Puts page.css and page.js into the program.
foreach(part css js)
    set(made ${CMAKE_BINARY_DIR}/html_page_${part}.c)
    add_custom_command(OUTPUT ${made} DEPENDS ${CMAKE_CURRENT_LIST_DIR}/page.${part} ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
        COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_CURRENT_LIST_DIR}/page.${part} -DOUT=${made} -DNAME=html_page_${part}
            -P ${CMAKE_CURRENT_LIST_DIR}/embed.cmake VERBATIM)
    target_sources(plumbline_reports PRIVATE ${made})
endforeach()
