package kotlin.coroutines;

/** Stands for Kotlin's own, which is not on the class path: the SDK knows it by name. */
public interface Continuation<T> {}
