"""uvicorn's WebSockets as the desk wants them: `uvicorn --ws itdesk.uvicorn_line:DeskLine …`.

The desk runs on plain uvicorn too; then each frame is framed for each page and written by itself.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from conversations.backlog import LINE


class DeskLine(WebSocketsSansIOProtocol):
    def handle_connect(self, event):
        super().handle_connect(event)
        if not self.handshake_complete:  # else it was refused, and no application will run
            self.scope.setdefault("extensions", {})[LINE] = self.take

    def take(self, bundle):
        """Write these frames (conversations.backlog.Bundle) at once. → False while the reader is behind"""
        if not self.handshake_complete or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        if bundle.wire is None:
            frames = [Frame(Opcode.TEXT, text.encode()) for text in bundle.texts]
            bundle.wire = b"".join(each.serialize(mask=False) for each in frames)
        self.transport.write(bundle.wire)
        return True
