# Compiler settings shared by every target.
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
# Errors are caught by class at room boundaries and floats must mean the same in every build.
add_compile_options(-fno-omit-frame-pointer -ffp-contract=off)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

if(MORU_SANITIZE)
  add_compile_options(-fsanitize=${MORU_SANITIZE} -fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND MORU_SANITIZE MATCHES "undefined")
    # Clang 14's check of indirect calls puts data before each function that a coroutine's parts cannot refer to: "Cannot
    # represent a difference across sections". The rest of the undefined-behaviour checks stay.
    add_compile_options(-fno-sanitize=function)
  endif()
  add_link_options(-fsanitize=${MORU_SANITIZE})
endif()

# Both only save time: the build is the same without them.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The base directory makes two checkouts of the same source share their objects. Precompiled headers want the
  # sloppiness, and Clang's want -fno-pch-timestamp, or ccache finds nothing again.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND NOT MORU_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()
