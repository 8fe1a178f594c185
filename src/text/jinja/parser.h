// The parser: statements in parser.cpp, expressions in parser_expressions.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "text/jinja/syntax.h"

namespace moru::text::jinja {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  NodePointer run();

 private:
  /// The stack is only so deep: "((((…" must not reach its end.
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > 200) parser_.fail("nested too deeply");
    }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    ~Depth() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  Token next() {
    Token token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool is_symbol(std::string_view symbol) const { return peek().kind == TokenKind::symbol && peek().text == symbol; }
  bool is_name(std::string_view name) const { return peek().kind == TokenKind::name && peek().text == name; }
  bool skip_symbol(std::string_view symbol) { return is_symbol(symbol) && (next(), true); }
  bool skip_name(std::string_view name) { return is_name(name) && (next(), true); }
  void expect_symbol(std::string_view symbol);
  void expect_block_end();
  std::string expect_name();
  [[noreturn]] void fail(const std::string& problem) const;
  NodePointer node(NodeKind kind, std::string text = {}) const;

  NodePointer body(const std::vector<std::string_view>& ends);
  NodePointer statement();
  NodePointer branch();
  NodePointer loop();
  NodePointer assign();
  NodePointer macro();
  NodePointer call_block();
  NodePointer with();
  void parameters(Node& macro);
  NodePointer target();
  NodePointer target_item();
  NodePointer single_target();

  /// An expression, or several with commas between: a tuple. Without `condition` an "if" is left to the loop.
  NodePointer tuple(bool condition = true);
  NodePointer expression();
  NodePointer either();
  NodePointer both();
  NodePointer negation();
  NodePointer comparison();
  NodePointer sum();
  NodePointer concatenation();
  NodePointer product();
  NodePointer power();
  NodePointer unary(bool with_filters);
  NodePointer primary();
  NodePointer postfix(NodePointer what);
  NodePointer subscript(NodePointer what);
  NodePointer filters(NodePointer what, bool bar);
  NodePointer filters_and_tests(NodePointer what);
  NodePointer test(NodePointer what);
  void call_arguments(Node& call);
  NodePointer binary(std::string text, NodePointer left, NodePointer right) const;

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  int loops_ = 0;
};

}  // namespace moru::text::jinja
