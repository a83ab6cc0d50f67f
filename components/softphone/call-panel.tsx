'use client';

import {
  ArrowLeftRight,
  Grid3x3,
  Mic,
  MicOff,
  Pause,
  PhoneForwarded,
  PhoneOff,
  Play,
  UserPlus,
  UserRound,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { RunningDuration } from '@/components/patterns/running-duration';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Dot } from '@/components/ui/dot';
import { Input } from '@/components/ui/input';
import { useToast } from '@/components/ui/toast';
import { isThere, type PhoneCall } from '@/lib/client/phone/calls';
import { CallCost } from './call-cost';
import { CallQuality } from './call-quality';
import { CallRecording } from './call-recording';
import { Keypad } from './keypad';
import { PeerWords } from './peer-words';
import type { PhoneDesk } from './phone-context';

type Tool = 'none' | 'keypad' | 'transfer' | 'add';

/** A call: who, how long, what can be done with it, and Hang up where Call was. */
export function CallPanel({ desk, call }: { desk: PhoneDesk; call: PhoneCall }) {
  const t = useTranslations('softphone');
  const toast = useToast();
  const [tool, setTool] = useState<Tool>('none');
  const { phone, snapshot } = desk;
  const isTalking = call.stage === 'talking';
  const other = snapshot.calls.find((one) => one.id !== call.id && one.stage === 'talking');
  const attempt = (work: Promise<unknown>) =>
    work.then(
      () => setTool('none'),
      (error: unknown) =>
        toast.failed(t('didNotWork'), error instanceof Error ? error.message : undefined),
    );
  const toggle = (which: Tool) => setTool(tool === which ? 'none' : which);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 p-4">
      <Who call={call} />
      {isTalking && (
        <>
          <CallCost call={call} extensionId={snapshot.extension?.id ?? null} />
          <CallQuality phone={phone} callId={call.id} />
          <CallRecording call={call} extensionId={snapshot.extension?.id ?? null} />
        </>
      )}
      {tool === 'none' ? null : tool === 'keypad' ? (
        <Keypad onKey={(digit) => phone.sendDigit(call.id, digit)} />
      ) : (
        <AskNumber
          label={tool === 'transfer' ? t('transferTo') : t('addWhom')}
          action={tool === 'transfer' ? t('transfer') : t('call')}
          onNumber={(number) =>
            void attempt(
              tool === 'transfer'
                ? phone.transferTo(call.id, number)
                : phone.dial(number, desk.callAs),
            )
          }
        />
      )}
      {isTalking && (
        <div className="grid grid-cols-3 gap-2 max-md:mt-auto">
          <Action
            label={call.isMuted ? t('muted') : t('mute')}
            icon={call.isMuted ? <MicOff aria-hidden /> : <Mic aria-hidden />}
            isOn={call.isMuted}
            onPress={() => phone.mute(call.id, !call.isMuted)}
          />
          <Action
            label={call.isHeld ? t('resume') : t('hold')}
            icon={call.isHeld ? <Play aria-hidden /> : <Pause aria-hidden />}
            isOn={call.isHeld}
            onPress={() => void attempt(phone.hold(call.id, !call.isHeld))}
          />
          <Action
            label={t('keypad')}
            icon={<Grid3x3 aria-hidden />}
            isOn={tool === 'keypad'}
            onPress={() => toggle('keypad')}
          />
          <Action
            label={t('transfer')}
            icon={<PhoneForwarded aria-hidden />}
            isOn={tool === 'transfer'}
            onPress={() => toggle('transfer')}
          />
          {other ? (
            <>
              <Action
                label={t('swap')}
                icon={<ArrowLeftRight aria-hidden />}
                onPress={() => void attempt(phone.hold(other.id, false))}
              />
              <Action
                label={t('join')}
                icon={<UserPlus aria-hidden />}
                onPress={() => void attempt(phone.join(other.id, call.id))}
              />
            </>
          ) : (
            <Action
              label={t('add')}
              icon={<UserPlus aria-hidden />}
              isOn={tool === 'add'}
              onPress={() => toggle('add')}
            />
          )}
        </div>
      )}
      {call.isMuted && isTalking && (
        <p className="flex items-center gap-2 text-red-text text-small">
          <MicOff aria-hidden className="icon-dense" />
          {t('youAreMuted')}
        </p>
      )}
      {isThere(call) && (
        <Button
          variant="danger"
          size="xl"
          wide
          icon={<PhoneOff aria-hidden />}
          onClick={() => void attempt(phone.end(call.id))}
          className={cn(!isTalking && 'max-md:mt-auto')}
        >
          {isTalking ? t('hangUp') : t('cancel')}
        </Button>
      )}
    </div>
  );
}

function Who({ call }: { call: PhoneCall }) {
  const t = useTranslations('softphone');
  const { peer, stage, isHeld, answeredAtMs, endReason } = call;
  const isLive = stage === 'talking' && !isHeld;
  return (
    <>
      <div className="flex items-center gap-3">
        <span className="flex size-10 shrink-0 items-center justify-center rounded-full bg-neutral-tint">
          <UserRound aria-hidden />
        </span>
        <div className="min-w-0">
          <PeerWords peer={peer} className="text-title-sm" />
        </div>
      </div>
      <div className="flex items-center justify-between" aria-live="polite">
        <span className={cn('flex items-center gap-2', isLive && 'text-green-text')}>
          <Dot tone={isLive ? 'live' : stage === 'ended' ? 'never' : 'healthy'} />
          {endReason !== null ? t(`ends.${endReason}`) : t(`stages.${isHeld ? 'held' : stage}`)}
        </span>
        {answeredAtMs !== null && stage !== 'ended' && (
          <RunningDuration since={new Date(answeredAtMs).toISOString()} className="text-display" />
        )}
      </div>
    </>
  );
}

interface ActionProps {
  label: string;
  icon: ReactNode;
  isOn?: boolean;
  onPress: () => void;
}

function Action({ label, icon, isOn, onPress }: ActionProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onPress}
      className={cn(
        'flex h-16 flex-col items-center justify-center gap-1 rounded-panel border font-medium text-small transition-colors',
        isOn ? 'border-ink bg-ink text-surface' : 'border-line-strong hover:bg-hover',
      )}
    >
      {icon}
      {label}
    </button>
  );
}

function AskNumber(props: { label: string; action: string; onNumber: (number: string) => void }) {
  const { label, action, onNumber } = props;
  const [number, setNumber] = useState('');
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (number.trim() !== '') onNumber(number.trim());
      }}
    >
      <Input
        aria-label={label}
        placeholder={label}
        value={number}
        onChange={(event) => setNumber(event.target.value)}
        inputMode="tel"
        dir="ltr"
      />
      <Button type="submit" disabled={number.trim() === ''}>
        {action}
      </Button>
    </form>
  );
}
