package io.varve.faults;

import java.util.HashMap;
import java.util.Map;

/** Names and files as calls have made them, and as the disk may have them. */
final class CrashDisk {
    private final CrashNames names;
    private final Map<Long, CrashFile> files = new HashMap<>();
    private long calls;

    /** Of a folder of that number, which is empty. */
    CrashDisk(long root) {
        names = new CrashNames(root);
    }

    /**
     * Does the same as a call. What it has written through is still pending then, as it is until
     * the call returns: {@link #settle} ends it.
     */
    void apply(RecordedCall call) {
        calls++;
        switch (call.kind()) {
            case CREATE -> {
                files.put(call.inode(), new CrashFile(call.inode()));
                names.make(calls, call.text(), call.inode(), false);
            }
            case FOLDER -> names.make(calls, call.text(), call.inode(), true);
            case WRITE -> file(call).write(calls, (int) call.offset(), call.first());
            case SIZE -> file(call).resize(calls, (int) call.offset());
            case RENAME -> names.rename(calls, call.text(), call.target());
            case REMOVE -> names.remove(calls, call.text());
            case LINK -> names.link(calls, call.target(), call.inode());
            default -> {}
        }
    }

    private CrashFile file(RecordedCall call) {
        return files.get(call.inode());
    }

    /** What a call has brought to the disk when it returns. */
    void settle(RecordedCall call) {
        if (call.kind() == RecordedCall.Kind.WRITE && call.through()) {
            file(call).syncRange((int) call.offset(), call.first().length);
        } else if (call.kind() == RecordedCall.Kind.SYNC) {
            if (names.isFolder(call.inode())) {
                names.sync(call.inode());
            } else if (files.containsKey(call.inode())) {
                file(call).sync();
            }
        }
    }

    /** The path of what a call has changed or synced; empty for a folder, or without a name. */
    String path(RecordedCall call) {
        return switch (call.kind()) {
            case WRITE, SIZE, SYNC -> names.path(call.inode());
            case RENAME, LINK -> call.target();
            case MARK, UNKNOWN -> "";
            default -> call.text();
        };
    }

    /** Number of the last call. */
    long calls() {
        return calls;
    }

    CrashNames names() {
        return names;
    }

    CrashFile file(long inode) {
        return files.get(inode);
    }
}
