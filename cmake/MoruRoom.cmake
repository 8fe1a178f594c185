# moru_room(NAME LINKS ...): the static library of one room, made of every src/NAME/**.cpp.
function(moru_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    # A room whose doors are drawn but which nobody has moved into yet.
    add_library(moru_${name} INTERFACE)
    target_include_directories(moru_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(moru_${name} INTERFACE ${ROOM_LINKS})
    return()
  endif()
  add_library(moru_${name} STATIC ${sources})
  target_include_directories(moru_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(moru_${name} PUBLIC ${ROOM_LINKS})
  target_precompile_headers(moru_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src/precompiled.h)
endfunction()

# moru_room_test(NAME LINKS ...): one test binary of every tests/NAME/**_test.cpp.
function(moru_room_test name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_${name} PRIVATE moru_${name} ${ROOM_LINKS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(test_${name} PRIVATE
    MORU_SOURCE_DIR="${CMAKE_SOURCE_DIR}" MORU_BINARY="$<TARGET_FILE:moru>")
  target_precompile_headers(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/precompiled.h)
  include(GoogleTest)
  # Threads that spin at barriers would hold up the other tests that share the processors.
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300 LABELS ${name} ENVIRONMENT OMP_WAIT_POLICY=passive)
endfunction()
