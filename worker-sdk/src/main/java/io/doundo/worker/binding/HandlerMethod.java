package io.doundo.worker.binding;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A method of a bean with its parameters bound to what a command carries. Thread-safe. */
public final class HandlerMethod {

  private final Supplier<Object> bean;
  private final Method method;
  private final List<Parameter> parameters;

  HandlerMethod(Supplier<Object> bean, Method method, List<Parameter> parameters) {
    this.bean = bean;
    this.method = method;
    this.parameters = List.copyOf(parameters);
  }

  /**
   * Binds the parameters, before anything runs.
   *
   * @throws UnreadablePayloadException when the payload or the result does not fit
   * @throws NoResultException when the method needs a result and there is none
   */
  public @Nullable Object[] arguments(HandlerCall call)
      throws UnreadablePayloadException, NoResultException {
    @Nullable Object[] arguments = new Object[parameters.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = parameters.get(i).bind(call);
    }
    return arguments;
  }

  /**
   * Calls the method, and waits for a future that it returns; what it throws is thrown as it is.
   *
   * @throws UnfinishedWorkException when it returned another kind of promise
   */
  public @Nullable Object invoke(@Nullable Object[] arguments) throws Throwable {
    try {
      return AsyncTypes.settled(method.invoke(bean.get(), arguments));
    } catch (InvocationTargetException e) {
      throw thrown(e.getTargetException());
    }
  }

  /** A proxy wraps checked exceptions that its interface does not declare. */
  private static Throwable thrown(Throwable throwable) {
    Throwable cause = throwable.getCause();
    return throwable instanceof UndeclaredThrowableException && cause != null ? cause : throwable;
  }

  @Override
  public String toString() {
    return method.getDeclaringClass().getSimpleName() + '.' + method.getName();
  }
}
