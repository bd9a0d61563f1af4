package io.varve.faults;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * The calls of a process that change files of a folder: they are counted, and one of them can be
 * made to fail, or to be where the process dies. By a library that is loaded before the C library,
 * see calls.c.
 */
final class DiskCalls {
    /** Sorts of calls, by their numbers. */
    enum Sort {
        WRITE,
        SYNC,
        SIZE,
        NAME,
        OPEN,
        REMOVE;

        int bit() {
            return 1 << ordinal();
        }
    }

    static final int ALL = (1 << Sort.values().length) - 1;

    /** Those that need room. */
    static final int GROWING = Sort.WRITE.bit() | Sort.SIZE.bit() | Sort.NAME.bit();

    /** What happens in place of an error: half of what is to be written is written. */
    static final int HALF = 0;

    static final int DIE = -1;
    static final int DIE_HALF = -2;

    private static final String CONTROL = "CALLS_CONTROL";
    private static final int BYTES = 4096;
    private static final int WORDS = 256;
    private static final int COUNTS = 6;

    private final MappedByteBuffer mapped;
    private final IntBuffer control;

    private DiskCalls(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
            control = mapped.order(ByteOrder.nativeOrder()).asIntBuffer();
        }
    }

    /** Nothing where there is no compiler. */
    static Optional<Path> library(Path folder) throws IOException, InterruptedException {
        return CSource.library("calls", folder);
    }

    /**
     * Those of a process that is to be started.
     *
     * @param library that was built
     * @param environment of that process
     * @param folder which files, by a part of their paths
     */
    static DiskCalls of(Path library, Map<String, String> environment, Path folder)
            throws IOException {
        Path control = library.resolveSibling("control");
        Files.write(control, new byte[BYTES]);
        environment.put("LD_PRELOAD", library.toString());
        environment.put("CALLS_FOLDER", folder + "/");
        environment.put(CONTROL, control.toString());
        return new DiskCalls(control);
    }

    /** Those of this process. */
    static DiskCalls here() throws IOException {
        return new DiskCalls(Path.of(System.getenv(CONTROL)));
    }

    /**
     * Counts from now on, and lets a call fail.
     *
     * @param sorts that are counted to it, as bits
     * @param after so many of these have gone well
     * @param then the sorts that fail from then on, as bits
     * @param how an errno, or one of the constants
     */
    void arm(int sorts, int after, int then, int how) {
        control.put(0, 0);
        control.put(1, sorts).put(2, after).put(3, then).put(4, how).put(5, 0);
        for (Sort sort : Sort.values()) {
            control.put(COUNTS + sort.ordinal(), 0);
        }
        mapped.put(WORDS, (byte) 0);
        control.put(0, 1);
    }

    /** Only counts. */
    void count() {
        arm(0, 0, 0, 0);
    }

    /** How many there were since they are counted. */
    int count(Sort sort) {
        return control.get(COUNTS + sort.ordinal());
    }

    /** From now on all goes well; returns how many failed. */
    int heal() {
        control.put(0, 0);
        return control.get(5);
    }

    /** How many have failed. */
    int failed() {
        return control.get(5);
    }

    /** The first that failed, with its sort and file; empty if none did. */
    String first() {
        int end = WORDS;
        while (mapped.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - WORDS];
        mapped.get(WORDS, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
