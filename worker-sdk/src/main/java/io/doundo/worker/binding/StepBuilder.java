package io.doundo.worker.binding;

import io.doundo.worker.OnDoubt;
import io.doundo.worker.OnUnknown;
import io.doundo.worker.VerifyResult;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/** Gathers the methods of one step from whichever beans have them. */
final class StepBuilder {

  private record FoundMethod(HandlerBean bean, Method method) {
    String place() {
      return bean.place(method);
    }
  }

  private final StepKey key;
  private boolean sharedTopic;
  private @Nullable FoundMethod doMethod;
  private @Nullable FoundMethod undoMethod;
  private @Nullable FoundMethod verifyMethod;
  private OnDoubt onDoubt = OnDoubt.RERUN;
  private @Nullable String resultName;
  private OnUnknown onUnknown = OnUnknown.UNDECIDED;
  private List<Class<? extends Throwable>> noEffect = List.of();
  private List<Class<? extends Throwable>> failed = List.of();

  StepBuilder(StepKey key) {
    this.key = key;
  }

  void onSharedTopic() {
    sharedTopic = true;
  }

  void doneBy(
      HandlerBean bean,
      Method method,
      OnDoubt policy,
      String as,
      List<Class<? extends Throwable>> noEffectTypes,
      List<Class<? extends Throwable>> failedTypes,
      ProblemList problems) {
    FoundMethod found = new FoundMethod(bean, method);
    if (!isFirst("DO", doMethod, found, problems)) {
      return;
    }
    doMethod = found;
    onDoubt = policy;
    resultName = as.isEmpty() ? null : as;
    noEffect = noEffectTypes;
    failed = failedTypes;
  }

  void undoneBy(HandlerBean bean, Method method, OnUnknown without, ProblemList problems) {
    FoundMethod found = new FoundMethod(bean, method);
    if (isFirst("UNDO", undoMethod, found, problems)) {
      undoMethod = found;
      onUnknown = without;
    }
  }

  void verifiedBy(HandlerBean bean, Method method, ProblemList problems) {
    FoundMethod found = new FoundMethod(bean, method);
    if (isFirst("verification", verifyMethod, found, problems)) {
      verifyMethod = found;
    }
  }

  /** An annotated method that a document names, too, is no second one. */
  private boolean isFirst(
      String what, @Nullable FoundMethod first, FoundMethod found, ProblemList problems) {
    if (first != null && !first.equals(found)) {
      problems
          .at(found.place())
          .add(
              "serves the %s of %s, which %s already serves".formatted(what, key, first.place()),
              "keep one of the two");
    }
    return first == null;
  }

  ServedStep build(JsonBinder json, ProblemList problems) {
    HandlerMethod doHandler = null;
    HandlerMethod undoHandler = null;
    HandlerMethod verifyHandler = null;
    Type made = null;
    Type asked = null;
    Set<String> requestFields = Set.of();
    if (doMethod != null) {
      ProblemList here = problems.at(doMethod.place());
      ParameterReader reader = reader(doMethod, json, here);
      ResolvableType returned = doMethod.bean().returned(doMethod.method());
      made = returned.getType();
      asked = reader.payloadType();
      doHandler = doMethod.bean().handler(doMethod.method(), reader.forDo(), here);
      requireVerifier(here);
      if (asked != null) {
        requestFields = json.fields().read(json.type(asked)).keySet();
        new OverlappingFields(doMethod.place(), resultName, json, here).compare(asked, returned);
      }
    }
    if (undoMethod != null) {
      ProblemList here = problems.at(undoMethod.place());
      List<Parameter> parameters =
          reader(undoMethod, json, here).forUndo(made, asked, resultName != null, onUnknown);
      undoHandler = undoMethod.bean().handler(undoMethod.method(), parameters, here);
    }
    if (verifyMethod != null) {
      ProblemList here = problems.at(verifyMethod.place());
      requireVerifyResult(verifyMethod, here);
      verifyHandler =
          verifyMethod
              .bean()
              .handler(verifyMethod.method(), reader(verifyMethod, json, here).forDo(), here);
    }
    return new ServedStep(
        key,
        sharedTopic,
        doHandler,
        undoHandler,
        verifyHandler,
        onDoubt,
        resultName,
        requestFields,
        noEffect,
        failed);
  }

  private static ParameterReader reader(FoundMethod found, JsonBinder json, ProblemList problems) {
    return new ParameterReader(found.method(), found.bean().type(), json, problems);
  }

  private void requireVerifier(ProblemList here) {
    if (onDoubt == OnDoubt.VERIFY && verifyMethod == null) {
      here.add(
          "sets onDoubt = VERIFY, but no @Verify method verifies the step " + key,
          "add a method @Verify(\"%s\") that returns a VerifyResult".formatted(key.step()));
    }
  }

  private void requireVerifyResult(FoundMethod found, ProblemList here) {
    if (found.method().getReturnType() != VerifyResult.class) {
      here.add(
          "does not return a VerifyResult", "return VerifyResult.done(…), notDone() or unknown()");
    }
    if (onDoubt != OnDoubt.VERIFY) {
      here.add(
          "is never called, because the step's @Do method does not set onDoubt = VERIFY",
          "set onDoubt = OnDoubt.VERIFY on @Do(\"%s\"), or remove the method"
              .formatted(key.step()));
    }
  }
}
