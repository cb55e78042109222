# What the tests of reports/ need beside their one file each: the sample audits, the schemas, the browser.
set(here ${CMAKE_CURRENT_LIST_DIR})
add_library(reports_sample OBJECT ${here}/sample/sample.c ${here}/sample/golden.c ${here}/sample/abilities.c)
target_compile_definitions(reports_sample PRIVATE _GNU_SOURCE TEST_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    TEST_BINARY_DIR="${CMAKE_BINARY_DIR}")
target_link_libraries(reports_sample PUBLIC plumbline_model plumbline_reports)
target_include_directories(reports_sample PUBLIC ${here}/sample)
add_executable(make_samples ${here}/sample/make_samples.c)
target_compile_definitions(make_samples PRIVATE _GNU_SOURCE)
target_link_libraries(make_samples PRIVATE reports_sample ${PLUMBLINE_FLOORS})

file(GLOB report_tests CONFIGURE_DEPENDS ${here}/*.c)
foreach(source ${report_tests})
    get_filename_component(name ${source} NAME_WE)
    target_link_libraries(test_reports_${name} PRIVATE reports_sample)
endforeach()

# A locale with a decimal comma, where it can be made: reports must not care.
find_program(LOCALEDEF localedef)
set(locales ${CMAKE_BINARY_DIR}/locales)
if(LOCALEDEF AND NOT EXISTS ${locales}/de_DE.UTF-8)
    file(MAKE_DIRECTORY ${locales})
    execute_process(COMMAND ${LOCALEDEF} -i de_DE -f UTF-8 ${locales}/de_DE.UTF-8 OUTPUT_QUIET ERROR_QUIET)
endif()
# glibc's newlocale() forgets memory when LOCPATH is set.
set_tests_properties(reports/locale PROPERTIES ENVIRONMENT "LOCPATH=${locales};ASAN_OPTIONS=detect_leaks=0")

# Every sample in every format, then each by its own schema.
set(samples ${CMAKE_BINARY_DIR}/samples)
add_test(NAME reports/make_samples COMMAND make_samples ${samples})
set_tests_properties(reports/make_samples PROPERTIES FIXTURES_SETUP report_samples)

find_program(XMLLINT xmllint REQUIRED)
# Ant's allows no attributes of the root, in which others look for the totals: without them it must hold as well.
foreach(schema junit-10 junit-ant)
    set(root "<testsuites\\( [^>/]*\\)")
    set(kept "<testsuites\\1")
    if(schema STREQUAL junit-ant)
        set(kept "<testsuites")
    endif()
    add_test(NAME reports/${schema}.xsd COMMAND sh -c
        "for file in sample containers clean empty large; do sed 's/${root}/${kept}/' $0/$file.xml | $1 --nonet --noout --schema $2 - || exit 1; done"
        ${samples} ${XMLLINT} ${here}/schemas/${schema}.xsd)
    set_tests_properties(reports/${schema}.xsd PROPERTIES FIXTURES_REQUIRED report_samples)
endforeach()

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME reports/schema COMMAND Python3::Interpreter ${here}/schema.py
    ${CMAKE_SOURCE_DIR}/reports/plumbline-audit-2.schema.json
    ${samples}/sample.json ${samples}/containers.json ${samples}/fleet.json ${samples}/clean.json ${samples}/empty.json)
set_tests_properties(reports/schema PROPERTIES FIXTURES_REQUIRED report_samples)

# The page in a real browser; skipped, and said, where Node.js or Chromium is missing.
add_test(NAME reports/browser COMMAND ${CMAKE_SOURCE_DIR}/tests/browser/run.sh ${samples})
set_tests_properties(reports/browser PROPERTIES FIXTURES_REQUIRED report_samples TIMEOUT 900 RUN_SERIAL TRUE
    SKIP_RETURN_CODE 77)
