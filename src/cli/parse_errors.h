// What a wrong call is told: the option parser's own errors in the user's language, and how to go on.
#pragma once

#include <string>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace moru::cli {

/// What the user reads of a wrong call, two lines: the problem (an unknown command by its name, with those that there
/// are), and how to mend it: a name that is near to an unknown one, and the command whose help says more. Takes what
/// CLI11's `failure_message` gives.
std::string parse_error_text(const CLI::App* app, const CLI::Error& error);

}  // namespace moru::cli
