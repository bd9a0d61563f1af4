package io.varve.store;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A platform thread that leads commits for virtual ones; it exists once one has appended. */
final class VirtualThreads {
    /** Null where there are none: before Java 21. */
    private static final MethodHandle IS_VIRTUAL = isVirtual();

    private final Runnable lead;
    private volatile ExecutorService leader;
    private volatile boolean closed;

    VirtualThreads(Runnable lead) {
        this.lead = lead;
    }

    private static MethodHandle isVirtual() {
        try {
            return MethodHandles.lookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }

    static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Does something on this thread, or on one of its own where this one is virtual. */
    static void onPlatformThread(Runnable action) {
        if (!isVirtual(Thread.currentThread())) {
            action.run();
            return;
        }
        FutureTask<Void> task = new FutureTask<>(action, null);
        daemon(task).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }

    void lead() {
        if (closed) {
            return; // the caller sees that, and leads itself
        }
        try {
            leader().execute(lead);
        } catch (RejectedExecutionException e) {
            return; // closed meanwhile: the caller sees that, and leads itself
        }
    }

    /** Leads if a virtual thread may be waiting. */
    void leadIfUsed() {
        if (leader != null) {
            lead();
        }
    }

    private ExecutorService leader() {
        ExecutorService known = leader;
        return known != null ? known : start();
    }

    private synchronized ExecutorService start() {
        if (leader == null) {
            leader =
                    new ThreadPoolExecutor(
                            1,
                            1,
                            10,
                            TimeUnit.SECONDS,
                            new LinkedBlockingQueue<>(),
                            VirtualThreads::daemon);
        }
        return leader;
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "varve-appender");
        thread.setDaemon(true);
        return thread;
    }

    synchronized void close() {
        closed = true;
        if (leader != null) {
            leader.shutdown();
        }
    }
}
