import type { ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import { Dialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'

/** Asks before something is done. It keeps the focus, and gives it back when it closes. */
export function ConfirmDialog({
  title,
  confirm,
  danger = false,
  busy,
  blocked = false,
  onConfirm,
  onClose,
  children,
}: {
  title: string
  /** What the button says: the action itself. */
  confirm: string
  danger?: boolean
  busy: boolean
  /** Whether something is missing before it can be done. */
  blocked?: boolean
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && !busy && onClose()} isDismissable={!busy}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{title}</Heading>
          {children}
          <div className="dialog-buttons">
            <Button className="button" onPress={onClose} isDisabled={busy}>
              Leave it
            </Button>
            <Button className={`button ${danger ? 'danger' : 'primary'}`} onPress={onConfirm} isDisabled={busy || blocked}>
              {busy ? 'Working…' : confirm}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
