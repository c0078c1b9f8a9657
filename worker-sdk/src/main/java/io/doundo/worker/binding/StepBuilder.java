package io.doundo.worker.binding;

import io.doundo.worker.OnDoubt;
import io.doundo.worker.OnUnknown;
import io.doundo.worker.Verdict;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/** Gathers the methods of one step from whichever beans have them. */
final class StepBuilder {

  private record Found(HandlerBean bean, Method method) {
    String place() {
      return bean.place(method);
    }
  }

  private final StepKey key;
  private boolean sharedTopic;
  private @Nullable Found toDo;
  private @Nullable Found toUndo;
  private @Nullable Found toVerify;
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
    Found found = new Found(bean, method);
    if (!isFirst("DO", toDo, found, problems)) {
      return;
    }
    toDo = found;
    onDoubt = policy;
    resultName = as.isEmpty() ? null : as;
    noEffect = noEffectTypes;
    failed = failedTypes;
  }

  void undoneBy(HandlerBean bean, Method method, OnUnknown without, ProblemList problems) {
    Found found = new Found(bean, method);
    if (isFirst("UNDO", toUndo, found, problems)) {
      toUndo = found;
      onUnknown = without;
    }
  }

  void verifiedBy(HandlerBean bean, Method method, ProblemList problems) {
    Found found = new Found(bean, method);
    if (isFirst("verification", toVerify, found, problems)) {
      toVerify = found;
    }
  }

  /** An annotated method that a document names, too, is no second one. */
  private boolean isFirst(String what, @Nullable Found first, Found found, ProblemList problems) {
    if (first != null && !first.equals(found)) {
      problems
          .at(found.place())
          .add(
              "serves the %s of %s, which %s already serves".formatted(what, key, first.place()),
              "keep one of the two");
    }
    return first == null;
  }

  Step build(JsonBinder json, ProblemList problems) {
    Handler doHandler = null;
    Handler undoHandler = null;
    Handler verifyHandler = null;
    Type made = null;
    Type asked = null;
    Set<String> requestFields = Set.of();
    if (toDo != null) {
      ProblemList here = problems.at(toDo.place());
      ParameterReader reader = reader(toDo, json, here);
      ResolvableType returned = toDo.bean().returned(toDo.method());
      made = returned.getType();
      asked = reader.payloadType();
      doHandler = toDo.bean().handler(toDo.method(), reader.forDo(), here);
      requireVerifier(here);
      if (asked != null) {
        requestFields = json.fields().read(json.type(asked)).keySet();
        new MeetingFields(toDo.place(), resultName, json, here).compare(asked, returned);
      }
    }
    if (toUndo != null) {
      ProblemList here = problems.at(toUndo.place());
      List<Parameter> parameters =
          reader(toUndo, json, here).forUndo(made, asked, resultName != null, onUnknown);
      undoHandler = toUndo.bean().handler(toUndo.method(), parameters, here);
    }
    if (toVerify != null) {
      ProblemList here = problems.at(toVerify.place());
      requireVerdict(toVerify, here);
      verifyHandler =
          toVerify.bean().handler(toVerify.method(), reader(toVerify, json, here).forDo(), here);
    }
    return new Step(
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

  private static ParameterReader reader(Found found, JsonBinder json, ProblemList problems) {
    return new ParameterReader(found.method(), found.bean().type(), json, problems);
  }

  private void requireVerifier(ProblemList here) {
    if (onDoubt == OnDoubt.VERIFY && toVerify == null) {
      here.add(
          "sets onDoubt = VERIFY, but no @Verify method verifies the step " + key,
          "add a method @Verify(\"%s\") that returns a Verdict".formatted(key.step()));
    }
  }

  private void requireVerdict(Found found, ProblemList here) {
    if (found.method().getReturnType() != Verdict.class) {
      here.add("does not return a Verdict", "return Verdict.done(…), notDone() or unknown()");
    }
    if (onDoubt != OnDoubt.VERIFY) {
      here.add(
          "is never called, because the step's @Do method does not set onDoubt = VERIFY",
          "set onDoubt = OnDoubt.VERIFY on @Do(\"%s\"), or remove the method"
              .formatted(key.step()));
    }
  }
}
