#include "text/jinja/parser.h"

namespace moru::text::jinja {

NodePointer parse(std::string_view source) {
  Parser parser(lex(source));
  return parser.run();
}

NodePointer Parser::node(NodeKind kind, std::string text) const {
  auto made = std::make_unique<Node>();
  made->kind = kind;
  made->line = peek().line;
  made->text = std::move(text);
  return made;
}

void Parser::expect_symbol(std::string_view symbol) {
  if (!skip_symbol(symbol)) fail(fmt::format("expected \"{}\"", symbol));
}
void Parser::expect_block_end() {
  if (peek().kind != TokenKind::block_end) fail("expected \"%}\"");
  next();
}
std::string Parser::expect_name() {
  if (peek().kind != TokenKind::name) fail("expected a name");
  return next().text;
}
void Parser::fail(const std::string& problem) const {
  const Token& token = peek();
  throw SyntaxFault(token.text.empty() ? problem : fmt::format("{}, not \"{}\"", problem, token.text), token.line);
}

NodePointer Parser::run() {
  NodePointer whole = body({});
  if (peek().kind != TokenKind::end) fail("unexpected block");
  return whole;
}

/// Statements up to a block that begins with one of `ends`, whose name is left as the next token.
NodePointer Parser::body(const std::vector<std::string_view>& ends) {
  const Depth depth(*this);
  NodePointer block = node(NodeKind::block);
  for (;;) {
    switch (peek().kind) {
      case TokenKind::end:
        if (!ends.empty()) fail(fmt::format("\"{{% {} %}}\" is missing", ends.back()));
        return block;
      case TokenKind::data: {
        NodePointer output = node(NodeKind::output, peek().text);
        next();
        block->children.push_back(std::move(output));
        break;
      }
      case TokenKind::print_begin: {
        next();
        NodePointer print = node(NodeKind::print);
        print->children.push_back(tuple());
        if (peek().kind != TokenKind::print_end) fail("expected \"}}\"");
        next();
        block->children.push_back(std::move(print));
        break;
      }
      case TokenKind::block_begin: {
        next();
        if (peek().kind != TokenKind::name) fail("expected a statement");
        if (std::ranges::find(ends, peek().text) != ends.end()) return block;
        if (NodePointer made = statement()) block->children.push_back(std::move(made));
        break;
      }
      default:
        fail("unexpected token");
    }
  }
}

NodePointer Parser::statement() {
  const Token word = next();
  if (word.text == "if") return branch();
  if (word.text == "for") return loop();
  if (word.text == "set") return assign();
  if (word.text == "macro") return macro();
  if (word.text == "call") return call_block();
  if (word.text == "filter") {
    NodePointer made = node(NodeKind::filter_block);
    made->children.push_back(filters(nullptr, false));
    expect_block_end();
    made->children.push_back(body({"endfilter"}));
    next();
    expect_block_end();
    return made;
  }
  if (word.text == "with") return with();
  if (word.text == "generation") {  // marks what the assistant says, for those who train; it changes no text
    expect_block_end();
    NodePointer made = node(NodeKind::scope);
    made->children.push_back(body({"endgeneration"}));
    next();
    expect_block_end();
    return made;
  }
  if (word.text == "break" || word.text == "continue") {
    if (loops_ == 0) throw SyntaxFault(fmt::format("\"{}\" stands outside a loop", word.text), word.line);
    NodePointer made = node(word.text == "break" ? NodeKind::leave : NodeKind::again);
    expect_block_end();
    return made;
  }
  throw SyntaxFault(fmt::format("unknown statement \"{}\"", word.text), word.line);
}

NodePointer Parser::branch() {
  NodePointer made = node(NodeKind::branch);
  Node* last = made.get();
  last->children.push_back(tuple());
  expect_block_end();
  for (;;) {
    last->children.push_back(body({"elif", "else", "endif"}));
    const std::string word = next().text;
    if (word == "elif") {
      NodePointer other = node(NodeKind::branch);
      other->children.push_back(tuple());
      expect_block_end();
      last->children.push_back(std::move(other));
      last = last->children.back().get();
      continue;
    }
    expect_block_end();
    if (word == "else") {
      last->children.push_back(body({"endif"}));
      next();
      expect_block_end();
    } else {
      last->children.push_back(nullptr);
    }
    return made;
  }
}

NodePointer Parser::loop() {
  NodePointer made = node(NodeKind::loop);
  made->children.push_back(target());
  if (!skip_name("in")) fail("expected \"in\"");
  made->children.push_back(tuple(false));
  made->children.push_back(skip_name("if") ? expression() : nullptr);
  if (skip_name("recursive")) made->text = "recursive";
  expect_block_end();
  ++loops_;
  made->children.push_back(body({"else", "endfor"}));
  --loops_;
  const bool otherwise = next().text == "else";
  expect_block_end();
  if (otherwise) {
    made->children.push_back(body({"endfor"}));
    next();
    expect_block_end();
  } else {
    made->children.push_back(nullptr);
  }
  return made;
}

/// A name, a namespace's attribute, or several of them.
NodePointer Parser::target() {
  const bool bracket = skip_symbol("(");
  NodePointer first = single_target();
  if (!is_symbol(",")) {
    if (bracket) expect_symbol(")");
    return first;
  }
  NodePointer made = node(NodeKind::tuple);
  made->children.push_back(std::move(first));
  while (skip_symbol(",")) {
    if (peek().kind != TokenKind::name && !is_symbol("(")) break;
    if (peek().text == "in") break;
    made->children.push_back(target_item());
  }
  if (bracket) expect_symbol(")");
  return made;
}
NodePointer Parser::target_item() {
  return is_symbol("(") ? target() : single_target();
}
NodePointer Parser::single_target() {
  NodePointer made = node(NodeKind::name, expect_name());
  if (!skip_symbol(".")) return made;
  NodePointer attribute = node(NodeKind::attribute, expect_name());
  attribute->children.push_back(std::move(made));
  return attribute;
}

NodePointer Parser::assign() {
  NodePointer made = node(NodeKind::assign);
  made->children.push_back(target());
  if (skip_symbol("=")) {
    made->children.push_back(tuple());
    expect_block_end();
    return made;
  }
  made->kind = NodeKind::assign_body;
  NodePointer filter = is_symbol("|") ? filters(nullptr, true) : nullptr;
  expect_block_end();
  made->children.push_back(body({"endset"}));
  next();
  expect_block_end();
  made->children.push_back(std::move(filter));
  return made;
}

/// Parameters in brackets; their defaults become children.
void Parser::parameters(Node& macro) {
  expect_symbol("(");
  while (!is_symbol(")")) {
    macro.names.push_back(expect_name());
    if (skip_symbol("=")) {
      macro.children.push_back(expression());
    } else if (macro.children.size() > 1) {
      fail("a parameter without a default follows one that has one");
    }
    if (!skip_symbol(",")) break;
  }
  expect_symbol(")");
}

NodePointer Parser::macro() {
  NodePointer made = node(NodeKind::macro, expect_name());
  made->children.push_back(nullptr);
  parameters(*made);
  expect_block_end();
  const int loops = std::exchange(loops_, 0);
  made->children[0] = body({"endmacro"});
  loops_ = loops;
  next();
  expect_block_end();
  return made;
}

NodePointer Parser::call_block() {
  NodePointer made = node(NodeKind::call_block);
  NodePointer caller = node(NodeKind::macro, "caller");
  caller->children.push_back(nullptr);
  if (is_symbol("(")) parameters(*caller);
  made->children.push_back(expression());
  if (made->children[0]->kind != NodeKind::call) fail("expected a call");
  expect_block_end();
  const int loops = std::exchange(loops_, 0);
  caller->children[0] = body({"endcall"});
  loops_ = loops;
  next();
  expect_block_end();
  made->children.push_back(std::move(caller));
  return made;
}

NodePointer Parser::with() {
  NodePointer made = node(NodeKind::scope);
  made->children.push_back(nullptr);
  while (peek().kind != TokenKind::block_end) {
    if (!made->names.empty()) expect_symbol(",");
    made->names.push_back(expect_name());
    expect_symbol("=");
    made->children.push_back(expression());
  }
  expect_block_end();
  made->children[0] = body({"endwith"});
  next();
  expect_block_end();
  return made;
}

}  // namespace moru::text::jinja
