# moru_embed(TARGET FILE FUNCTION): makes the bytes of FILE part of TARGET, as std::string_view FUNCTION() (qualified,
# moru::room::name).
set(MORU_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(moru_embed target file function)
  get_filename_component(name ${file} NAME)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${target}_${name}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${file} -DOUTPUT=${output} -DFUNCTION=${function} -P ${MORU_EMBED_SCRIPT}
    DEPENDS ${file} ${MORU_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} hex HEX)
  string(LENGTH "${hex}" length)
  math(EXPR length "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "^(.*)::([^:]*)$" "\\1" namespace ${FUNCTION})
  string(REGEX REPLACE "^(.*)::([^:]*)$" "\\2" name ${FUNCTION})
  file(WRITE ${OUTPUT}
    "#include <string_view>\n"
    "namespace ${namespace} {\n"
    "static const unsigned char kBytes[] = {${bytes}};\n"
    "std::string_view ${name}();\n"
    "std::string_view ${name}() { return {reinterpret_cast<const char*>(kBytes), ${length}}; }\n"
    "}\n")
endif()
