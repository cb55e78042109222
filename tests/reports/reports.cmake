# What the tests of reports/ need beside their one file each: the sample audits, the schemas, the browser.
add_library(reports_sample OBJECT ${CMAKE_CURRENT_LIST_DIR}/sample/sample.c)
target_compile_definitions(reports_sample PRIVATE _GNU_SOURCE)
target_link_libraries(reports_sample PUBLIC ${PLUMBLINE_FLOORS})
target_include_directories(reports_sample PUBLIC ${CMAKE_CURRENT_LIST_DIR}/sample)
add_executable(make_samples ${CMAKE_CURRENT_LIST_DIR}/sample/make_samples.c)
target_compile_definitions(make_samples PRIVATE _GNU_SOURCE)
target_link_libraries(make_samples PRIVATE reports_sample ${PLUMBLINE_FLOORS})

file(GLOB report_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.c)
foreach(source ${report_tests})
    get_filename_component(name ${source} NAME_WE)
    target_link_libraries(test_reports_${name} PRIVATE reports_sample)
endforeach()

set(PLUMBLINE_SAMPLES ${CMAKE_BINARY_DIR}/samples)
add_test(NAME reports/make_samples COMMAND make_samples ${PLUMBLINE_SAMPLES})
set_tests_properties(reports/make_samples PROPERTIES FIXTURES_SETUP report_samples)
