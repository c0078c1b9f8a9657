package io.doundo.worker.binding;

import io.doundo.protocol.Names;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.Undo;
import io.doundo.worker.Verify;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * Finds all handlers of an application: annotated methods, also behind proxies, and methods that
 * registration documents name. Looks at bean classes only; no bean is made by it.
 */
public final class HandlerScanner {

  private static final Logger log = LoggerFactory.getLogger(HandlerScanner.class);

  private final ConfigurableListableBeanFactory beans;
  private final JsonBinder json;
  private final ProblemList problems = new ProblemList();
  private final Map<StepKey, StepBuilder> steps = new TreeMap<>();

  public HandlerScanner(ConfigurableListableBeanFactory beans, JsonBinder json) {
    this.beans = beans;
    this.json = json;
  }

  /**
   * All steps that this application serves.
   *
   * @throws InvalidHandlersException with every mistake there is
   */
  public List<ServedStep> scan(List<BoundStep> documented) {
    for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = targetClass(name);
      if (type != null && !ScopedProxyUtils.isScopedTarget(name)) {
        scanBean(new HandlerBean(beans, name, type));
      }
    }
    DocumentBinder documents = new DocumentBinder(beans, this::targetClass, problems);
    documented.forEach(bound -> documents.bind(bound, step(bound.key())));
    List<ServedStep> built =
        steps.values().stream()
            .map(step -> step.build(json, problems))
            .filter(step -> step.doHandler() != null || step.undoHandler() != null)
            .toList();
    problems.throwIfAny();
    for (BoundStep bound : documented) {
      if (built.stream().noneMatch(step -> step.key().equals(bound.key()))) {
        log.info("{}: this service has no handler for {}", bound.document(), bound.key());
      }
    }
    return built;
  }

  private @Nullable Class<?> targetClass(String name) {
    Class<?> target = AutoProxyUtils.determineTargetClass(beans, name);
    return target == null ? null : ClassUtils.getUserClass(target);
  }

  private StepBuilder step(StepKey key) {
    return steps.computeIfAbsent(key, StepBuilder::new);
  }

  private void scanBean(HandlerBean bean) {
    Class<?> type = bean.type();
    if (!AnnotationUtils.isCandidateClass(type, List.of(Do.class, Undo.class, Verify.class))
        || type.getName().startsWith("org.springframework.")) {
      return;
    }
    Map<Method, Do> dos = methods(type, Do.class);
    Map<Method, Undo> undos = methods(type, Undo.class);
    Map<Method, Verify> verifies = methods(type, Verify.class);
    SagaWorker worker = AnnotatedElementUtils.findMergedAnnotation(type, SagaWorker.class);
    if (worker == null) {
      refuseHandlersOutsideWorkers(bean, List.of(dos, undos, verifies));
      return;
    }
    if (dos.isEmpty() && undos.isEmpty()) {
      problems
          .at("bean class " + type.getName())
          .add(
              "is a @SagaWorker without any @Do or @Undo method", "add one, or remove @SagaWorker");
    }
    dos.forEach((method, annotation) -> bindDo(bean, worker, method, annotation));
    undos.forEach(
        (method, annotation) -> {
          StepBuilder step = step(bean, worker, method, annotation.value());
          step.undoneBy(bean, method, annotation.onUnknown(), problems);
        });
    verifies.forEach(
        (method, annotation) ->
            step(bean, worker, method, annotation.value()).verifiedBy(bean, method, problems));
  }

  private void bindDo(HandlerBean bean, SagaWorker worker, Method method, Do annotation) {
    step(bean, worker, method, annotation.value())
        .doneBy(
            bean,
            method,
            annotation.onDoubt(),
            annotation.as(),
            List.of(annotation.noEffect()),
            List.of(annotation.failed()),
            problems);
  }

  private StepBuilder step(HandlerBean bean, SagaWorker worker, Method method, String step) {
    ProblemList here = problems.at(bean.place(method));
    requireName(here, "orchestration", worker.orchestration(), "@SagaWorker");
    requireName(here, "step", step, "the method's annotation");
    StepBuilder builder = step(new StepKey(worker.orchestration(), step));
    if (worker.sharedTopic()) {
      builder.onSharedTopic();
    }
    return builder;
  }

  private static void requireName(ProblemList here, String what, String name, String annotation) {
    String refusal = Names.refuse(name);
    if (refusal != null) {
      here.add(
          "names the %s \"%s\", which %s".formatted(what, name, refusal),
          "give %s the name that the registration has".formatted(annotation));
    }
  }

  private void refuseHandlersOutsideWorkers(HandlerBean bean, List<Map<Method, ?>> found) {
    for (Map<Method, ?> methods : found) {
      for (Method method : methods.keySet()) {
        problems
            .at(bean.place(method))
            .add(
                "is a handler, but its class is not a @SagaWorker, so it would never be called",
                "annotate the class with @SagaWorker(\"<orchestration>\")");
      }
    }
  }

  private static <A extends Annotation> Map<Method, A> methods(Class<?> type, Class<A> annotation) {
    return MethodIntrospector.selectMethods(
        type,
        (MethodIntrospector.MetadataLookup<A>)
            method -> AnnotatedElementUtils.findMergedAnnotation(method, annotation));
  }
}
