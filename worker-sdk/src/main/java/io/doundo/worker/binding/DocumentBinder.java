package io.doundo.worker.binding;

import io.doundo.worker.OnDoubt;
import io.doundo.worker.OnUnknown;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Binds the handlers that registration documents name. A class that this application does not have
 * belongs to another service; a class or method that it has must fit.
 */
final class DocumentBinder {

  private static final Logger log = LoggerFactory.getLogger(DocumentBinder.class);

  private final ConfigurableListableBeanFactory beans;
  private final Function<String, @Nullable Class<?>> targetClass;
  private final ProblemList problems;

  DocumentBinder(
      ConfigurableListableBeanFactory beans,
      Function<String, @Nullable Class<?>> targetClass,
      ProblemList problems) {
    this.beans = beans;
    this.targetClass = targetClass;
    this.problems = problems;
  }

  void bind(BoundStep bound, StepBuilder step) {
    if (bound.sharedTopic()) {
      step.onSharedTopic();
    }
    String handlerClass = bound.handlerClass();
    if (handlerClass == null) {
      return;
    }
    ProblemList here = problems.at("%s, step %s".formatted(bound.document(), bound.key().step()));
    HandlerBean bean = bean(handlerClass, here);
    if (bean == null) {
      return;
    }
    Method doMethod = method(bean, "doMethod", bound.doMethod(), here);
    if (doMethod != null) {
      step.doneBy(bean, doMethod, OnDoubt.RERUN, "", List.of(), List.of(), problems);
    }
    Method undoMethod = method(bean, "undoMethod", bound.undoMethod(), here);
    if (undoMethod != null) {
      // A document cannot say what to do without a result: better an operator than a guess.
      step.undoneBy(bean, undoMethod, OnUnknown.FAIL, problems);
    }
  }

  private @Nullable HandlerBean bean(String handlerClass, ProblemList here) {
    List<HandlerBean> found = new ArrayList<>();
    for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = targetClass.apply(name);
      if (type != null
          && (name.equals(handlerClass)
              || type.getName().equals(handlerClass)
              || type.getSimpleName().equals(handlerClass))) {
        found.add(new HandlerBean(beans, name, type));
      }
    }
    if (found.size() > 1) {
      here.add(
          "handlerClass %s matches %d beans".formatted(handlerClass, found.size()),
          "use the full class name or the bean name");
      return null;
    }
    if (found.isEmpty()) {
      if (ClassUtils.isPresent(handlerClass, beans.getBeanClassLoader())) {
        here.add(
            "handlerClass %s is on the class path but not a bean".formatted(handlerClass),
            "make it a bean, for example with @Component");
      } else {
        log.info("No bean {}: its steps are left to another service", handlerClass);
      }
      return null;
    }
    return found.get(0);
  }

  private static @Nullable Method method(
      HandlerBean bean, String field, @Nullable String name, ProblemList here) {
    if (name == null) {
      return null;
    }
    List<Method> found =
        Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(bean.type()))
            .filter(method -> method.getName().equals(name) && !method.isSynthetic())
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    here.add(
        found.isEmpty()
            ? "%s %s does not exist in %s".formatted(field, name, bean.type().getName())
            : "%s %s exists %d times in %s"
                .formatted(field, name, found.size(), bean.type().getName()),
        found.isEmpty() ? "correct the name" : "give the methods different names");
    return null;
  }
}
