#include "cli/commands.h"

int main(int argc, char** argv) {
  return moru::cli::run(argc, argv);
}
