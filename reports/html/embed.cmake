# cmake -DIN=page.css -DOUT=page_css.c -DNAME=html_page_css -P embed.cmake
# A text file as a C string: no assembler trick, so that every compiler and sanitizer takes it. Indentation, lines of
# comment, and blanks around operators and braces are left out; page.js has no string with one of them between blanks.
file(READ ${IN} text)
string(REGEX REPLACE "\n +" "\n" text "${text}")
string(REGEX REPLACE "\n//[^\n]*" "" text "${text}")
string(REGEX REPLACE "\n\n+" "\n" text "${text}")
string(REGEX REPLACE " (=>|=|===|!==|[|][|]|&&|[?]|<|>|>=) " "\\1" text "${text}")
string(REGEX REPLACE "[;]? }" "}" text "${text}")
string(REPLACE "{ " "{" text "${text}")
file(WRITE ${OUT}.txt "${text}")
file(READ ${OUT}.txt hex HEX)
string(REGEX REPLACE "(................................................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "/* Made from ${NAME}; do not edit. */\nextern const char ${NAME}[];\nconst char ${NAME}[] = {\n${bytes}0};\n")
