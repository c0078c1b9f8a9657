package io.doundo.worker.binding;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A bean with handlers, perhaps behind a proxy. Its methods are looked up on the class, and called
 * through the proxy.
 */
record HandlerBean(BeanFactory beans, String name, Class<?> type) {

  /** The extra parameter of a Kotlin suspend function. */
  static final String CONTINUATION = "kotlin.coroutines.Continuation";

  private static final List<String> ASYNCHRONOUS =
      List.of(
          "org.springframework.scheduling.annotation.Async",
          "jakarta.ejb.Asynchronous",
          "jakarta.enterprise.concurrent.Asynchronous",
          "org.eclipse.microprofile.faulttolerance.Asynchronous");

  /** How a problem names a method of it. */
  String place(Method method) {
    return "bean \"%s\", method %s.%s".formatted(name, type.getSimpleName(), method.getName());
  }

  /** A method's return type with type variables resolved. */
  ResolvableType returned(Method method) {
    return ResolvableType.forMethodReturnType(method, type);
  }

  HandlerMethod handler(Method method, List<Parameter> parameters, ProblemList problems) {
    return new HandlerMethod(() -> beans.getBean(name), invocable(method, problems), parameters);
  }

  private Method invocable(Method method, ProblemList problems) {
    Class<?> exposed = beans.getType(name);
    boolean proxied = exposed != null && exposed != type;
    int modifiers = method.getModifiers();
    if (Modifier.isStatic(modifiers)) {
      problems.add("is static", "make it an instance method");
    } else if (Modifier.isPrivate(modifiers)) {
      problems.add(
          "is private, so a proxy of the bean cannot forward the call",
          "make it package-private or public");
    } else if (proxied && Modifier.isFinal(modifiers) && !Proxy.isProxyClass(exposed)) {
      problems.add(
          "is final, but the bean is proxied by a subclass that must override it", "remove final");
    }
    requireSynchronous(method, problems);
    Method invocable = method;
    if (proxied && exposed != null) {
      try {
        invocable = AopUtils.selectInvocableMethod(method, exposed);
      } catch (IllegalStateException e) {
        problems.add(
            "is not visible: the bean is behind a JDK proxy of its interfaces",
            "declare the method in an interface of the bean, or have it proxied by class"
                + " (proxyTargetClass = true)");
      }
    }
    ReflectionUtils.makeAccessible(invocable);
    return invocable;
  }

  private void requireSynchronous(Method method, ProblemList problems) {
    Class<?> returned = returned(method).resolve();
    if (returned != null && AsyncTypes.isPromise(returned)) {
      problems.add(
          "returns a "
              + returned.getSimpleName()
              + ", so the step would be answered before the work is done",
          "wait for the value and return it; a handler may block");
    }
    for (String asynchronous : ASYNCHRONOUS) {
      if (isAnnotated(method, asynchronous) || isAnnotated(type, asynchronous)) {
        problems.add(
            "is @"
                + ClassUtils.getShortName(asynchronous)
                + ", so the step would be answered before the work is done",
            "remove the annotation; each handler already runs on its own thread");
      }
    }
    for (Class<?> parameter : method.getParameterTypes()) {
      if (parameter.getName().equals(CONTINUATION)) {
        problems.add(
            "is a suspend function, so the step would be answered before the work is done",
            "make it an ordinary function and wait inside it with runBlocking");
      }
    }
  }

  private static boolean isAnnotated(AnnotatedElement element, String annotation) {
    return MergedAnnotations.from(element, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
        .isPresent(annotation);
  }
}
