package io.varve.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A disk that fails when it is told to: a library loaded before the C library, in a process of its
 * own; built here, where there is a compiler.
 */
final class DiskShim {
    static final int WRITES = 1;
    static final int SYNCS = 2;

    /** In place of an error: half of what is to be written is written, which is no error. */
    static final int HALF = 0;

    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOSPC = 28;
    static final int EDQUOT = 122;

    private static final int BYTES = 4096;
    private static final String CONTROL = "DISK_CONTROL";
    private static final String TRACE = "DISK_TRACE";

    private final IntBuffer control;

    private DiskShim(IntBuffer control) {
        this.control = control;
    }

    /** Builds the library; skips the test where there is no compiler. */
    static Path build(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("disk.c");
        try (InputStream in = DiskShim.class.getResourceAsStream("/disk.c")) {
            Files.copy(in, source);
        }
        Path library = folder.resolve("disk.so");
        String out = library.toString();
        boolean compiled = run("cc", "-shared", "-fPIC", "-O1", "-o", out, source.toString()) == 0;
        Needs.that(compiled, "there is no C compiler, so no disk can be made to fail");
        return library;
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // there is no such command here
        }
    }

    /**
     * The environment of a process whose disk may fail.
     *
     * @param library that was built
     * @param files part of the path of those that calls may fail on
     */
    static List<String> environment(Path library, String files) throws IOException {
        Path control = library.resolveSibling("control");
        Files.write(control, new byte[BYTES]);
        return List.of(
                "LD_PRELOAD=" + library,
                CONTROL + "=" + control,
                TRACE + "=" + library.resolveSibling("trace"),
                "DISK_FOLDER=" + files);
    }

    /** The disk of this process. */
    static DiskShim here() throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        Path.of(System.getenv(CONTROL)),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return new DiskShim(
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES)
                            .order(ByteOrder.nativeOrder())
                            .asIntBuffer());
        }
    }

    /** What was made, moved and synced so far, a line each, see disk.c. */
    static List<String> trace() throws IOException {
        return Files.readAllLines(Path.of(System.getenv(TRACE)));
    }

    /** Lets calls fail after some more, once or from then on. */
    void arm(int calls, int after, boolean once, int errno) {
        control.put(0, 0);
        control.put(1, calls).put(2, after).put(3, once ? 1 : 0).put(4, errno).put(5, 0);
        control.put(0, 1);
    }

    /** Heals the disk; returns how many calls failed. */
    int heal() {
        control.put(0, 0);
        return control.get(5);
    }

    /** From now on syncs of the log bring nothing to the disk, as if they were not made. */
    void leaveOutSyncs(boolean out) {
        control.put(6, out ? 1 : 0);
    }

    /** How many calls may still go well. */
    int left() {
        return control.get(2);
    }
}
