package io.doundo.worker.binding;

import io.doundo.protocol.json.RawJson;
import io.doundo.worker.ExecutionMessage;
import io.doundo.worker.OnUnknown;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undoing;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.JavaType;

/** Determines the argument for each parameter of a handler method, or the problem with it. */
final class ParameterReader {

  private final Method method;
  private final Class<?> beanClass;
  private final JsonBinder json;
  private final ProblemList problems;

  ParameterReader(Method method, Class<?> beanClass, JsonBinder json, ProblemList problems) {
    this.method = method;
    this.beanClass = beanClass;
    this.json = json;
    this.problems = problems;
  }

  /** The parameters of a DO or of a method that verifies one. */
  List<Parameter> forDo() {
    List<Parameter> parameters = new ArrayList<>();
    int payloads = 0;
    for (ResolvableType type : types()) {
      Parameter common = common(type);
      if (type.resolve() == Undoing.class) {
        problems.add(
            "takes an Undoing, which only an @Undo method gets",
            "take the payload as a type of your own");
      } else if (common != null) {
        parameters.add(common);
      } else {
        payloads++;
        parameters.add(payload(type.getType(), false));
      }
    }
    requireOnePayload(payloads);
    return parameters;
  }

  /**
   * The parameters of an UNDO.
   *
   * @param made what the step's DO returns, when this application has it
   * @param asked what the step's DO takes as its payload, when this application has it
   * @param nested whether the result is nested in a field, and so may be any JSON value
   */
  List<Parameter> forUndo(
      @Nullable Type made, @Nullable Type asked, boolean nested, OnUnknown onUnknown) {
    List<Parameter> parameters = new ArrayList<>();
    int payloads = 0;
    for (ResolvableType type : types()) {
      Parameter common = common(type);
      if (type.resolve() == Undoing.class) {
        parameters.add(undoing(type, made, nested));
      } else if (common != null) {
        parameters.add(common);
      } else if (made != null && type.getType().equals(made)) {
        parameters.add(bareResult(type, asked, nested, onUnknown));
      } else {
        payloads++;
        parameters.add(payload(type.getType(), type.getType().equals(asked)));
      }
    }
    requireOnePayload(payloads);
    return parameters;
  }

  /** The type of the payload, or null when the method does not take it. */
  @Nullable Type payloadType() {
    return types().stream()
        .filter(type -> common(type) == null && type.resolve() != Undoing.class)
        .map(ResolvableType::getType)
        .findFirst()
        .orElse(null);
  }

  private List<ResolvableType> types() {
    List<ResolvableType> types = new ArrayList<>();
    for (int i = 0; i < method.getParameterCount(); i++) {
      // Told elsewhere; it is no payload.
      if (!method.getParameterTypes()[i].getName().equals(HandlerBean.CONTINUATION)) {
        types.add(ResolvableType.forMethodParameter(method, i, beanClass));
      }
    }
    return types;
  }

  private @Nullable Parameter common(ResolvableType type) {
    Class<?> raw = type.resolve(Object.class);
    if (raw == StepContext.class) {
      return HandlerCall::context;
    }
    if (raw == ExecutionMessage.class) {
      return call ->
          new ExecutionMessage(
              call.context().headers(),
              call.recordHeaders().get(),
              json.tree(call.command().payload()));
    }
    return null;
  }

  /**
   * The payload.
   *
   * @param request whether it is what the DO was asked, without the result that came of it
   */
  private Parameter payload(Type type, boolean request) {
    JavaType read = readable(type);
    return call ->
        json.read(request ? call.request() : call.command().payload(), read, "the payload");
  }

  /** The type for Jackson; told as a problem when Jackson can never make a value of it. */
  private JavaType readable(Type type) {
    JavaType read = json.type(type);
    String problem = json.fields().unreadable(read);
    if (problem != null) {
      problems.add(
          "takes a %s, which Jackson cannot deserialize: %s"
              .formatted(ResolvableType.forType(type), problem),
          "take a record or another type that Jackson can read, or configure the service's JsonMapper"
              + " for this type");
    }
    return read;
  }

  private Parameter undoing(ResolvableType type, @Nullable Type made, boolean nested) {
    JavaType asked =
        readable(type.getGeneric(0).resolve() == null ? Object.class : generic(type, 0));
    Type resultType = type.getGeneric(1).resolve() == null ? Object.class : generic(type, 1);
    boolean noResult = resultType == Void.class;
    JavaType result = noResult ? json.type(resultType) : readable(resultType);
    if (!noResult) {
      if (!nested) {
        requireObject(result);
      }
      if (made == void.class || made == Void.class) {
        problems.add(
            "takes a result of type "
                + result.getRawClass().getSimpleName()
                + ", but the step's @Do method returns nothing",
            "return it from the @Do method, or take Undoing<…, Void>");
      }
    }
    return call -> {
      RawJson known = noResult ? null : call.result();
      Object value = known == null ? null : json.read(known, result, "the result");
      Object request = json.read(call.request(), asked, "the payload");
      return new Undoing<>(
          Objects.requireNonNull(request, "a payload is never null"),
          Optional.ofNullable(value),
          call.effect());
    };
  }

  private static Type generic(ResolvableType type, int index) {
    return type.getGeneric(index).getType();
  }

  private Parameter bareResult(
      ResolvableType type, @Nullable Type asked, boolean nested, OnUnknown onUnknown) {
    JavaType result = readable(type.getType());
    if (!nested) {
      requireObject(result);
    }
    if (type.getType().equals(asked)) {
      problems.add(
          "takes a "
              + result.getRawClass().getSimpleName()
              + ", which is both what the step's @Do method takes and what it returns",
          "take an Undoing<%1$s, %1$s>, which tells the two apart"
              .formatted(result.getRawClass().getSimpleName()));
    }
    if (onUnknown == OnUnknown.UNDECIDED) {
      problems.add(
          "takes the bare result but does not define what to do without one, for example after a"
              + " timeout",
          "set onUnknown = PASS_NULL or FAIL on @Undo, or take an Undoing<…, %s>"
              .formatted(result.getRawClass().getSimpleName()));
    }
    return call -> {
      RawJson known = call.result();
      if (known != null) {
        return json.read(known, result, "the result");
      }
      if (onUnknown == OnUnknown.PASS_NULL) {
        return null;
      }
      throw new NoResultException(
          "the result of the DO is unknown, and the UNDO requires it (onUnknown = FAIL)");
    };
  }

  /** Only an object is merged into the payload of the UNDO, and so comes back. */
  private void requireObject(JavaType type) {
    Class<?> raw = type.getRawClass();
    boolean scalar =
        type.isPrimitive()
            || type.isArrayType()
            || type.isCollectionLikeType()
            || type.isEnumType()
            || CharSequence.class.isAssignableFrom(raw)
            || Number.class.isAssignableFrom(raw)
            || Temporal.class.isAssignableFrom(raw)
            || raw == Boolean.class
            || raw == Character.class
            || raw == UUID.class;
    if (scalar) {
      problems.add(
          "takes a result of type "
              + raw.getSimpleName()
              + ", but only results that are JSON objects come back on an UNDO",
          "return a record from the @Do method, with the value as a field, or nest the result with"
              + " @Do(value = …, as = …)");
    }
  }

  private void requireOnePayload(int payloads) {
    if (payloads > 1) {
      problems.add(
          "has " + payloads + " parameters that would all be the payload",
          "keep one; a StepContext or an ExecutionMessage carries everything else");
    }
  }
}
