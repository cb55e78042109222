# The warnings every file of ours is compiled with.
add_library(plumbline_warnings INTERFACE)
set(c_warnings
    -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow -Wformat=2 -Wvla -Wundef -Wcast-qual -Wcast-align -Wpointer-arith
    -Wstrict-prototypes -Wmissing-prototypes -Wnull-dereference -Wimplicit-fallthrough -Wswitch-enum
    -Wdouble-promotion -Wwrite-strings -Wno-missing-field-initializers)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND c_warnings -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
endif()
foreach(warning ${c_warnings})
    target_compile_options(plumbline_warnings INTERFACE $<$<COMPILE_LANGUAGE:C>:${warning}>)
endforeach()
target_compile_options(plumbline_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall> $<$<COMPILE_LANGUAGE:CXX>:-Wextra>)
if(PLUMBLINE_WERROR)
    target_compile_options(plumbline_warnings INTERFACE -Werror)
endif()
