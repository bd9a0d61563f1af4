package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.StoreLockedException;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has a folder keeps it until it is given back. */
@Timeout(120)
class FileLockingTest {
    private static final String NAME = "lock";
    private static final int TAKEN = 7;
    private static final int REFUSED = 8;

    @TempDir Path folder;
    private FileLocking mine;

    @AfterEach
    void giveBack() {
        mine.close();
    }

    private int inAnotherProcess() throws Exception {
        try (ChildJvm child = new ChildJvm(LockingChild.class, folder, NAME)) {
            return child.exitCode();
        }
    }

    /** Until what nobody reaches has been cleaned up. */
    private static void collect() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            CountDownLatch collected = new CountDownLatch(1);
            Cleaner.create().register(new Object(), collected::countDown);
            while (!collected.await(5, TimeUnit.MILLISECONDS)) {
                System.gc();
            }
        }
    }

    @Test
    void shouldKeepOthersOutAfterOneOfThisProcessWasRefused() throws Exception {
        mine = FileLocking.take(folder, NAME);
        for (int i = 0; i < 10; i++) {
            assertRefused();
        }
        collect();
        assertEquals(REFUSED, inAnotherProcess());
        mine.close();
        assertEquals(TAKEN, inAnotherProcess());
    }

    private void assertRefused() {
        assertThrows(StoreLockedException.class, () -> FileLocking.take(folder, NAME));
    }

    @Test
    void shouldKeepOutOneThatAnotherClassLoaderHasLoaded() throws Exception {
        mine = FileLocking.take(folder, NAME);
        try (URLClassLoader loader =
                new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Method take =
                    loader.loadClass(FileLocking.class.getName())
                            .getDeclaredMethod("take", Path.class, String.class);
            take.setAccessible(true);
            InvocationTargetException refused =
                    assertThrows(
                            InvocationTargetException.class, () -> take.invoke(null, folder, NAME));
            assertEquals(
                    StoreLockedException.class.getName(), refused.getCause().getClass().getName());
        }
        collect();
        assertEquals(REFUSED, inAnotherProcess());
    }

    private static URL[] classPath() throws IOException {
        List<URL> classes = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classes.add(Path.of(path).toUri().toURL());
        }
        return classes.toArray(URL[]::new);
    }

    @Test
    void shouldBeTakenAgainAfterItWasGivenBackTwice() throws IOException {
        FileLocking first = FileLocking.take(folder, NAME);
        first.close();
        mine = FileLocking.take(folder, NAME);
        first.close();
        assertRefused();
        mine.close();
        mine = FileLocking.take(folder, NAME);
    }

    @Test
    void shouldBeFreeAfterItCouldNotBeTaken() throws IOException {
        Files.createDirectory(folder.resolve(NAME));
        assertThrows(IOException.class, () -> FileLocking.take(folder, NAME));
        Files.delete(folder.resolve(NAME));
        mine = FileLocking.take(folder, NAME);
    }
}
