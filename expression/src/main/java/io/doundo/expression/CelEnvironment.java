package io.doundo.expression;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import io.doundo.expression.library.Library;
import java.util.List;
import java.util.Set;

/**
 * CEL's parser and type checker for expressions of dialect 1: the functions that exist, and the
 * size limit of an expression. What a dialect offers never changes once it is released, because
 * compiled definitions name it. Built once; thread-safe.
 */
final class CelEnvironment {

  /** The dialect that a compiled definition names. */
  static final int DIALECT = 1;

  private static final int MAX_PARSER_DEPTH = 40;

  /** All variables; {@link Checker} checks which of them exist at a place. */
  private static final List<String> VARIABLES =
      List.of(
          "payload",
          "input",
          VisibleNames.STEPS,
          "flow",
          "item",
          "index",
          "state",
          "round",
          "result",
          "effect",
          "response",
          "key",
          "signal",
          "event");

  /**
   * The CEL functions that keep CEL's declaration. Not among them: arithmetic, which does not mix
   * numbers in CEL; unsigned integers and bytes, which JSON does not have; and the parts of a time,
   * whose zones differ between JDKs (use {@code date}).
   */
  private static final Set<String> KEPT =
      Set.of(
          "IN",
          "NOT_STRICTLY_FALSE",
          "TYPE",
          "CONDITIONAL",
          "LOGICAL_NOT",
          "LOGICAL_OR",
          "LOGICAL_AND",
          "EQUALS",
          "NOT_EQUALS",
          "INDEX",
          "SIZE",
          "INT",
          "DOUBLE",
          "DYN",
          "DURATION",
          "TIMESTAMP",
          "BOOL",
          "ENDS_WITH",
          "STARTS_WITH",
          "LESS",
          "LESS_EQUALS",
          "GREATER",
          "GREATER_EQUALS");

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(ExpressionCompiler.MAX_LENGTH)
          .maxParseRecursionDepth(MAX_PARSER_DEPTH)
          .enableHeterogeneousNumericComparisons(true)
          .enableQuotedIdentifierSyntax(true)
          .enableOptionalSyntax(true)
          .populateMacroCalls(false)
          .build();

  private static final CelCompiler COMPILER = compiler();

  private CelEnvironment() {}

  static CelValidationResult parse(String source) {
    return COMPILER.parse(source);
  }

  static CelValidationResult check(CelAbstractSyntaxTree parsed) {
    return COMPILER.check(parsed);
  }

  private static CelCompiler compiler() {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setStandardDeclarations(
                CelStandardDeclarations.newBuilder()
                    .filterFunctions((function, overload) -> KEPT.contains(function.name()))
                    .build())
            .addLibraries(CelExtensions.comprehensions())
            .addFunctionDeclarations(Library.declarations())
            .addFunctionDeclarations(optionals());
    for (String variable : VARIABLES) {
      builder.addVar(variable, SimpleType.DYN);
    }
    return builder.build();
  }

  /**
   * The syntax of optional values. Not CEL's own library, because its macro {@code optMap} copies
   * its receiver, so that each one in a chain doubles the size.
   */
  private static List<CelFunctionDecl> optionals() {
    TypeParamType key = TypeParamType.create("K");
    TypeParamType value = TypeParamType.create("V");
    OptionalType optional = OptionalType.create(value);
    ListType list = ListType.create(value);
    MapType map = MapType.create(key, value);
    return List.of(
        CelFunctionDecl.newFunctionDeclaration(
            "or",
            CelOverloadDecl.newMemberOverload(
                "optional_or_optional", optional, optional, optional)),
        CelFunctionDecl.newFunctionDeclaration(
            "orValue",
            CelOverloadDecl.newMemberOverload("optional_orValue_value", value, optional, value)),
        CelFunctionDecl.newFunctionDeclaration(
            "_?._",
            CelOverloadDecl.newGlobalOverload(
                "select_optional_field", optional, SimpleType.DYN, SimpleType.STRING)),
        CelFunctionDecl.newFunctionDeclaration(
            "_[?_]",
            CelOverloadDecl.newGlobalOverload(
                "list_optindex_optional_int", optional, list, SimpleType.INT),
            CelOverloadDecl.newGlobalOverload(
                "optional_list_optindex_optional_int",
                optional,
                OptionalType.create(list),
                SimpleType.INT),
            CelOverloadDecl.newGlobalOverload("map_optindex_optional_value", optional, map, key),
            CelOverloadDecl.newGlobalOverload(
                "optional_map_optindex_optional_value", optional, OptionalType.create(map), key)),
        CelFunctionDecl.newFunctionDeclaration(
            "_[_]",
            CelOverloadDecl.newGlobalOverload(
                "optional_list_index_int", optional, OptionalType.create(list), SimpleType.INT),
            CelOverloadDecl.newGlobalOverload(
                "optional_map_index_value", optional, OptionalType.create(map), key)));
  }
}
