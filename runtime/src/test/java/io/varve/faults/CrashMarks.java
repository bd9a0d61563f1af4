package io.varve.faults;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.StringJoiner;

/** Writes what a process has been promised between the calls of its record. */
final class CrashMarks implements AutoCloseable {
    private final FileOutputStream out;

    CrashMarks(Path file) throws IOException {
        out = new FileOutputStream(file.toFile());
    }

    /** One call, so one mark. */
    synchronized void write(Object... words) {
        StringJoiner line = new StringJoiner(" ");
        for (Object word : words) {
            line.add(word.toString());
        }
        try {
            out.write(line.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
