package kotlin.coroutines;

/** Replaces Kotlin's class, which is not on the class path: the SDK knows it by name. */
public interface Continuation<T> {}
