// A template taken apart: what the parser makes and the interpreter runs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja/value.h"

namespace moru::text::jinja {

struct Node;
using NodePointer = std::unique_ptr<Node>;

enum class NodeKind {
  // Expressions.
  constant,     ///< value
  name,         ///< text
  list,         ///< children
  tuple,        ///< children
  dict,         ///< children: key, value, key, value, …
  attribute,    ///< children[0] . text
  subscript,    ///< children[0] [ children[1] ]
  slice,        ///< children[0] [ children[1] : children[2] : children[3] ], nullptr where absent
  call,         ///< children[0] ( arguments )
  filter,       ///< children[0] | text ( arguments ); children[0] is nullptr in a filter block
  test,         ///< children[0] is text ( arguments )
  negate_test,  ///< the same, is not
  unary,        ///< text: "-", "+", "not"
  binary,       ///< text: "+", "-", "*", "/", "//", "%", "**", "~", "and", "or"
  compare,      ///< children[0] names[0] children[1] names[1] children[2] …
  condition,    ///< children[0] if children[1] else children[2] (nullptr: undefined)
  // Statements.
  output,        ///< text as it stands
  print,         ///< {{ children[0] }}
  block,         ///< children one after another
  branch,        ///< if: children[0] condition, children[1] body, children[2] else (nullptr: none)
  loop,          ///< for: children[0] target, [1] items, [2] filter, [3] body, [4] else; recursive: text == "recursive"
  assign,        ///< set: children[0] target, children[1] value
  assign_body,   ///< set … endset: children[0] target, children[1] body, children[2] filter (nullptr: none)
  macro,         ///< text name, names parameters, children: body, then defaults of the last parameters
  call_block,    ///< children[0] call, children[1] the macro that caller() runs
  filter_block,  ///< children[0] filter, children[1] body
  scope,         ///< with: children: body, then values; names. Also generation blocks: no names
  leave,         ///< break
  again,         ///< continue
};

struct Node {
  NodeKind kind;
  int line = 0;
  std::string text;
  Value value;
  std::vector<NodePointer> children;
  std::vector<std::string> names;
  struct Argument {
    std::string name;  ///< Empty: positional.
    NodePointer value;
    bool spread = false;  ///< *value, or **value if `name` is "**".
  };
  std::vector<Argument> arguments;
};

enum class TokenKind { data, print_begin, print_end, block_begin, block_end, name, string, integer, real, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
  int line = 0;
};

/// A fault of the template itself.
class SyntaxFault : public std::runtime_error {
 public:
  SyntaxFault(const std::string& problem, int line) : std::runtime_error(problem), line_(line) {}
  int line() const { return line_; }

 private:
  int line_;
};

/// Cuts a template into tokens, with Jinja's trim_blocks and lstrip_blocks, as chat templates are run. Throws
/// SyntaxFault.
std::vector<Token> lex(std::string_view source);
/// Throws SyntaxFault. The depth of nesting is bounded.
NodePointer parse(std::string_view source);

}  // namespace moru::text::jinja
