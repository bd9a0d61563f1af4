package io.varve.store.lmdb;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * LMDB's native library, which is loaded by a thread of its own: in a new process that takes longer
 * than anything else, and files can be looked at meanwhile.
 *
 * <p>Thread-safe.
 */
public final class NativeLibrary {
    static {
        // From JDK 24 on, the native layer's use of sun.misc.Unsafe would be warned about at every
        // start.
        if (Runtime.version().feature() >= 22
                && System.getProperty("jffi.unsafe.disabled") == null) {
            System.setProperty("jffi.unsafe.disabled", "true");
        }
    }

    private static final FutureTask<Boolean> LOADING = new FutureTask<>(NativeLibrary::load);
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    /** Whether somebody was told that it cannot be loaded; Java tells the others, at each touch. */
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private NativeLibrary() {}

    /**
     * Begins to load it, if nobody has. The thread ends by itself; what goes wrong is told to who
     * opens an environment.
     */
    public static void begin() {
        if (BEGUN.get() || !BEGUN.compareAndSet(false, true)) {
            return;
        }
        try {
            Thread thread = new Thread(LOADING, "varve-native-library");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError e) {
            LOADING.run(); // no thread to spare, which this one needs not
        }
    }

    /** Whether nobody has to wait for it, or would in vain. */
    static boolean isLoaded() {
        return LOADING.isDone();
    }

    /** Returns when it is loaded; or throws, once, what loading it has thrown. */
    static void await() {
        begin();
        if (TOLD.get()) {
            return;
        }
        if (!isLoaded()) {
            new KeyBuffer(); // all that is needed next to reach memory is made ready meanwhile
        }
        try {
            Uninterrupted.result(LOADING);
        } catch (RuntimeException | Error e) {
            TOLD.set(true);
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("Loading it declares no such thing", e);
        }
    }

    private static boolean load() {
        UnpackedLibrary.load();
        return true;
    }
}
