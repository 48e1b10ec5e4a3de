/** The lecture's two models at B 32, T 200, vocabulary 1,000, against Keras. */
import { describeTopic } from './keras_topic.ts';

describeTopic('lecture');
