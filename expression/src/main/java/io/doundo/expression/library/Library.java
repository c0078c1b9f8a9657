package io.doundo.expression.library;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import io.doundo.expression.library.Function.Body;
import io.doundo.expression.library.Function.Charging;
import io.doundo.expression.library.Function.Form;
import io.doundo.expression.value.Access;
import io.doundo.expression.value.Arithmetic;
import io.doundo.expression.value.Comparison;
import io.doundo.expression.value.Times;
import io.doundo.expression.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every function of the dialect, one line each. Functions that CEL declares also have their body
 * here: this project defines the dialect's meaning, and no version of CEL changes it.
 */
public final class Library {

  public static final CelType ANY = SimpleType.DYN;
  public static final CelType TEXT = SimpleType.STRING;
  public static final CelType INT = SimpleType.INT;
  public static final CelType BOOL = SimpleType.BOOL;
  public static final CelType LIST = ListType.create(ANY);
  public static final CelType MAP = MapType.create(TEXT, ANY);
  public static final CelType OPTIONAL = OptionalType.create(ANY);

  private static final Map<String, Function> FUNCTIONS = index();

  private final List<Function> functions = new ArrayList<>();

  private Library() {}

  /** The function of a call; empty when there is none with this number of arguments. */
  public static Optional<Function> find(String name, int arguments) {
    return Optional.ofNullable(FUNCTIONS.get(Function.key(name, arguments)));
  }

  /** The declarations that the checker needs besides CEL's own. */
  public static List<CelFunctionDecl> declarations() {
    Map<String, List<CelOverloadDecl>> overloads = new LinkedHashMap<>();
    for (Function function : FUNCTIONS.values()) {
      if (function.form() != Form.STANDARD) {
        overloads
            .computeIfAbsent(function.name(), any -> new ArrayList<>())
            .add(function.overload());
      }
    }
    // The only function that can be called both ways.
    overloads
        .computeIfAbsent("matches", any -> new ArrayList<>())
        .add(CelOverloadDecl.newGlobalOverload("doundo_matches", BOOL, TEXT, TEXT));
    List<CelFunctionDecl> declarations = new ArrayList<>();
    overloads.forEach(
        (name, all) -> declarations.add(CelFunctionDecl.newFunctionDeclaration(name, all)));
    return declarations;
  }

  private static Map<String, Function> index() {
    Library library = new Library();
    library.addOperators();
    library.addConversions();
    library.addOptionals();
    library.addTexts();
    library.addLists();
    library.addMaps();
    library.addNumbers();
    Map<String, Function> index = new LinkedHashMap<>();
    for (Function function : library.functions) {
      if (index.put(function.key(), function) != null) {
        throw new IllegalStateException(function.key() + " is there twice");
      }
    }
    return index;
  }

  private void addOperators() {
    lazy("_+_", ANY, (budget, a) -> Arithmetic.add(budget, a[0], a[1]), ANY, ANY);
    lazy("_-_", ANY, (budget, a) -> Arithmetic.subtract(a[0], a[1]), ANY, ANY);
    lazy("_*_", ANY, (budget, a) -> Arithmetic.multiply(a[0], a[1]), ANY, ANY);
    lazy("_/_", ANY, (budget, a) -> Arithmetic.divide(a[0], a[1]), ANY, ANY);
    lazy("_%_", ANY, (budget, a) -> Arithmetic.remainder(a[0], a[1]), ANY, ANY);
    lazy("-_", ANY, (budget, a) -> Arithmetic.negate(a[0]), ANY);
    standard("!_", (budget, a) -> !(Boolean) a[0], BOOL);
    standard("_==_", (budget, a) -> Comparison.same(budget, a[0], a[1]), ANY, ANY);
    standard("_!=_", (budget, a) -> !Comparison.same(budget, a[0], a[1]), ANY, ANY);
    standard("_<_", (budget, a) -> Comparison.compare(budget, "<", a[0], a[1]) < 0, ANY, ANY);
    standard("_<=_", (budget, a) -> Comparison.compare(budget, "<=", a[0], a[1]) <= 0, ANY, ANY);
    standard("_>_", (budget, a) -> Comparison.compare(budget, ">", a[0], a[1]) > 0, ANY, ANY);
    standard("_>=_", (budget, a) -> Comparison.compare(budget, ">=", a[0], a[1]) >= 0, ANY, ANY);
    standard("@in", (budget, a) -> Comparison.contains(budget, a[1], a[0]), ANY, ANY);
  }

  private void addConversions() {
    standard("size", Conversions::size, ANY);
    standard("int", (budget, a) -> Conversions.integer(a[0]), ANY);
    standard("double", (budget, a) -> Conversions.decimal(a[0]), ANY);
    standard("bool", (budget, a) -> Conversions.truth(a[0]), ANY);
    standard("dyn", (budget, a) -> a[0], ANY);
    standard("type", (budget, a) -> Conversions.type(a[0]), ANY);
    standard("timestamp", (budget, a) -> Times.timestamp("timestamp", a[0]), ANY);
    standard("duration", (budget, a) -> Conversions.duration(a[0]), ANY);
    global("string", TEXT, (budget, a) -> Values.text(a[0]), ANY);
    lazy("json", TEXT, Conversions::json, ANY);
    lazy("parseJson", ANY, Conversions::parseJson, TEXT);
    lazy("hash", TEXT, Conversions::hash, ANY);
    global("base64.encode", TEXT, (budget, a) -> Conversions.base64((String) a[0]), TEXT);
    global("base64.decode", TEXT, (budget, a) -> Conversions.fromBase64((String) a[0]), TEXT);
    global("date", TEXT, Conversions::date, ANY, TEXT, TEXT);
  }

  private void addOptionals() {
    lazy("optional.of", OPTIONAL, (budget, a) -> Optional.of(a[0]), ANY);
    lazy("optional.none", OPTIONAL, (budget, a) -> Optional.empty());
    lazy("optional.ofNonZeroValue", OPTIONAL, (budget, a) -> Conversions.nonZero(a[0]), ANY);
    lazyMember("hasValue", BOOL, (budget, a) -> Access.optional(a[0]).isPresent(), OPTIONAL);
    lazyMember("value", ANY, (budget, a) -> Conversions.present(a[0]), OPTIONAL);
  }

  private void addTexts() {
    standard("startsWith", Texts::startsWith, TEXT, TEXT);
    standard("endsWith", Texts::endsWith, TEXT, TEXT);
    member("contains", BOOL, Texts::contains, TEXT, TEXT);
    member("indexOf", INT, Texts::indexOf, TEXT, TEXT);
    member("indexOf", INT, Texts::indexOf, TEXT, TEXT, INT);
    member("lastIndexOf", INT, Texts::lastIndexOf, TEXT, TEXT);
    member("charAt", TEXT, Texts::charAt, TEXT, INT);
    member("substring", TEXT, Texts::substring, TEXT, INT);
    member("substring", TEXT, Texts::substring, TEXT, INT, INT);
    member("lowerAscii", TEXT, Texts::lowerAscii, TEXT);
    member("upperAscii", TEXT, Texts::upperAscii, TEXT);
    member("trim", TEXT, (budget, a) -> ((String) a[0]).strip(), TEXT);
    member("split", LIST, Texts::split, TEXT, TEXT);
    member("join", TEXT, Texts::join, LIST);
    member("join", TEXT, Texts::join, LIST, TEXT);
    member("replace", TEXT, Texts::replace, TEXT, TEXT, TEXT);
    member("matches", BOOL, Texts::matches, TEXT, TEXT);
    global("regex.extract", OPTIONAL, Texts::extract, TEXT, TEXT);
  }

  private void addLists() {
    member("sum", ANY, Lists::sum, LIST);
    member("avg", ANY, Lists::average, LIST);
    member("least", ANY, (budget, a) -> Lists.extreme(a[0], "least", -1), LIST);
    member("greatest", ANY, (budget, a) -> Lists.extreme(a[0], "greatest", 1), LIST);
    member("groupBy", MAP, Lists::groupBy, LIST, TEXT);
    member("flatten", LIST, Lists::flatten, LIST);
    member("slice", LIST, Lists::slice, LIST, INT, INT);
    member("reverse", ANY, Lists::reverse, ANY);
    member("distinct", LIST, Lists::distinct, LIST);
    member("sort", LIST, Lists::sort, LIST);
    member("sortBy", LIST, Lists::sortBy, LIST, TEXT);
    global("lists.range", LIST, Lists::range, INT);
    global("sets.contains", BOOL, Lists::containsAll, LIST, LIST);
    global("sets.equivalent", BOOL, Lists::equivalent, LIST, LIST);
    global("sets.intersects", BOOL, Lists::intersects, LIST, LIST);
  }

  private void addMaps() {
    global("merge", MAP, Maps::merge, MAP, MAP);
    global("pick", MAP, Maps::pick, MAP, LIST);
    global("omit", MAP, Maps::omit, MAP, LIST);
    global("rename", MAP, Maps::rename, MAP, MAP);
    global("entries", LIST, Maps::entries, MAP);
    standard("cel.@mapInsert", Maps::insert, ANY, ANY);
    standard("cel.@mapInsert", Maps::insert, ANY, ANY, ANY);
  }

  private void addNumbers() {
    global("fixed", TEXT, Numbers::fixed, ANY, INT);
    global("math.ceil", ANY, (budget, a) -> Numbers.ceil(a[0]), ANY);
    global("math.floor", ANY, (budget, a) -> Numbers.floor(a[0]), ANY);
    global("math.round", ANY, (budget, a) -> Numbers.round(a[0]), ANY);
    global("math.trunc", ANY, (budget, a) -> Numbers.trunc(a[0]), ANY);
    global("math.abs", ANY, (budget, a) -> Numbers.abs(a[0]), ANY);
    global("math.sign", ANY, (budget, a) -> Numbers.sign(a[0]), ANY);
    global("math.sqrt", ANY, (budget, a) -> Numbers.sqrt(a[0]), ANY);
  }

  private void global(String name, CelType result, Body body, CelType... parameters) {
    add(name, Form.GLOBAL, result, Charging.ARGUMENTS, body, parameters);
  }

  private void member(String name, CelType result, Body body, CelType... parameters) {
    add(name, Form.MEMBER, result, Charging.ARGUMENTS, body, parameters);
  }

  private void lazy(String name, CelType result, Body body, CelType... parameters) {
    add(name, Form.GLOBAL, result, Charging.ITSELF, body, parameters);
  }

  private void lazyMember(String name, CelType result, Body body, CelType... parameters) {
    add(name, Form.MEMBER, result, Charging.ITSELF, body, parameters);
  }

  private void standard(String name, Body body, CelType... parameters) {
    add(name, Form.STANDARD, ANY, Charging.ITSELF, body, parameters);
  }

  private void add(
      String name, Form form, CelType result, Charging charging, Body body, CelType... parameters) {
    functions.add(new Function(name, form, result, List.of(parameters), charging, body));
  }
}
